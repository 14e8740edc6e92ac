#include <stdint.h>
#include <stdio.h>

/* FNV-1a over the 32-bit words of a file that is given: every byte counts, and it is soon done. */
static uint32_t words[16384];

int main(void) {
  FILE *file = fopen("/data", "rb");
  if (!file) return 1;
  uint32_t hash = 2166136261u;
  size_t count;
  while ((count = fread(words, sizeof *words, sizeof words / sizeof *words, file)) > 0)
    for (size_t i = 0; i < count; i++) hash = (hash ^ words[i]) * 16777619u;
  printf("%08x", hash);
  return 0;
}
