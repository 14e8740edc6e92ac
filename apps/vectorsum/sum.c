// Adds vectors of signed 64-bit integers, little-endian, that come one after the other on standard
// input. Usage: sum LENGTH
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  long length = argc == 2 ? atol(argv[1]) : 0;
  if (length < 1) {
    fputs("usage: sum LENGTH\n", stderr);
    return 2;
  }
  int64_t *sum = calloc((size_t)length, sizeof *sum);
  int64_t *one = calloc((size_t)length, sizeof *one);
  if (!sum || !one) {
    fputs("no memory left\n", stderr);
    return 1;
  }
  for (;;) {
    size_t got = fread(one, 1, (size_t)length * sizeof *one, stdin);
    if (got == 0) break;
    if (got != (size_t)length * sizeof *one) {
      fputs("the last vector is not whole\n", stderr);
      return 1;
    }
    for (long k = 0; k < length; k++)
      if (__builtin_add_overflow(sum[k], one[k], &sum[k])) {
        fprintf(stderr, "the sum of element %ld needs more than 64 bits\n", k);
        return 1;
      }
  }
  return fwrite(sum, sizeof *sum, (size_t)length, stdout) == (size_t)length ? 0 : 1;
}
