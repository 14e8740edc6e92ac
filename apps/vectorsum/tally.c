// Where light goes that falls into a block of fog: follows packets of energy through a lattice of
// SIDE^3 cells, and writes how much energy stayed in each, and how much left the block.
//
// All amounts are integers, so sums of tallies are exact in whatever order they are added, and the
// whole energy can be counted at the end. Output: SIDE^3 + 1 signed 64-bit integers, little-endian;
// the last is what left. Usage: tally SEED PACKETS
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIDE = 80, CELLS = SIDE * SIDE * SIDE };
// Units of energy of a packet, and what is too little to be followed further.
static const int64_t WHOLE = 1 << 20, LEAST = 1 << 6;

static int64_t tally[CELLS + 1];
static uint64_t state;

// SplitMix64 (Steele, Lea, Flood 2014).
static uint64_t next(void) {
  uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static void follow(void) {
  // From the middle of one face into the block.
  int at[3] = {0, SIDE / 2, SIDE / 2};
  int axis = 0, step = 1;
  int64_t energy = WHOLE;
  while (energy >= LEAST) {
    int64_t *cell = &tally[(at[0] * SIDE + at[1]) * SIDE + at[2]];
    int64_t stays = energy / 16;
    *cell += stays;
    energy -= stays;
    uint64_t chance = next();
    // One time in four it is scattered, into any of the six directions.
    if ((chance & 3) == 0) {
      axis = (int)((chance >> 2) % 3);
      step = (chance >> 40) & 1 ? 1 : -1;
    }
    at[axis] += step;
    if (at[axis] < 0 || at[axis] >= SIDE) {
      tally[CELLS] += energy;
      return;
    }
  }
  tally[(at[0] * SIDE + at[1]) * SIDE + at[2]] += energy;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fputs("usage: tally SEED PACKETS\n", stderr);
    return 2;
  }
  state = strtoull(argv[1], NULL, 10) << 32;
  for (long left = atol(argv[2]); left > 0; left--) follow();
  return fwrite(tally, sizeof tally, 1, stdout) == 1 ? 0 : 1;
}
