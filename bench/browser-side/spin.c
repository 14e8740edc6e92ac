// Works for as long as it is told and no longer: "spin ROUNDS SEED" prints a number that depends on
// every round, so that no compiler and no node can leave one out.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUND = 1000 };

// A function of its own, so that an engine can put better code in its place while a shard runs.
__attribute__((noinline)) static uint64_t round_of(uint64_t state) {
  for (int i = 0; i < ROUND; i++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
  }
  return state;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  long rounds = atol(argv[1]);
  uint64_t state = strtoull(argv[2], NULL, 10) * 2 + 1;
  for (long i = 0; i < rounds; i++) state = round_of(state);
  printf("%016llx\n", (unsigned long long)state);
  return 0;
}
