// The longest Collatz chain of a range of starts.
//
// A chain goes from n to n / 2 where n is even and to 3n + 1 where it is odd, until it reaches 1.
// Usage: collatz --from 1 --count 250000
// Prints one line of JSON: the start with the most steps (the least of several), its steps, and
// the highest number that any chain of the range goes through.

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Above this 3n + 1 would not fit into 64 bits.
#define HIGHEST_ODD ((UINT64_MAX - 1) / 3)

struct chain {
  uint64_t start;
  uint32_t steps;
};

// Counts the steps of one chain and raises *peak to the highest number on its way. An odd number's
// step and all the halvings that follow it are taken at once.
static uint32_t steps_of(uint64_t start, uint64_t *peak) {
  uint32_t steps = (uint32_t)__builtin_ctzll(start);
  uint64_t n = start >> steps;
  uint64_t highest = start;
  while (n != 1) {
    if (n > HIGHEST_ODD) {
      fprintf(stderr, "the chain of %" PRIu64 " leaves 64 bits\n", start);
      exit(1);
    }
    n = 3 * n + 1;
    if (n > highest) highest = n;
    const uint32_t halvings = (uint32_t)__builtin_ctzll(n);
    n >>= halvings;
    steps += halvings + 1;
  }
  if (highest > *peak) *peak = highest;
  return steps;
}

static uint64_t number_after(int argc, char **argv, const char *option) {
  for (int k = 1; k + 1 < argc; k++) {
    if (strcmp(argv[k], option) != 0) continue;
    char *end;
    const uint64_t value = strtoull(argv[k + 1], &end, 10);
    if (*end == '\0' && value > 0) return value;
  }
  fprintf(stderr, "usage: collatz --from N --count N, both at least 1\n");
  exit(2);
}

int main(int argc, char **argv) {
  const uint64_t from = number_after(argc, argv, "--from");
  const uint64_t count = number_after(argc, argv, "--count");
  if (count - 1 > UINT64_MAX - from) {
    fprintf(stderr, "the starts leave 64 bits\n");
    return 2;
  }
  struct chain longest = {from, 0};
  uint64_t peak = 0;
  for (uint64_t k = 0; k < count; k++) {
    const uint64_t start = from + k;
    const uint32_t steps = steps_of(start, &peak);
    if (steps > longest.steps) longest = (struct chain){start, steps};
  }
  printf("{\"start\":%" PRIu64 ",\"steps\":%" PRIu32 ",\"peak\":%" PRIu64 "}\n", longest.start,
         longest.steps, peak);
  return 0;
}
