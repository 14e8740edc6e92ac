// Adds up the counts of one group, which are lines of a word and a number, from all chunks one
// after the other, and prints the sums in alphabetical order.
#include "counts.h"

int main(void) {
  size_t length;
  char *text = readAll(&length);
  for (size_t at = 0; at < length;) {
    char *line = text + at;
    char *end = memchr(line, '\n', length - at);
    char *space = end ? memchr(line, ' ', (size_t)(end - line)) : NULL;
    if (!space) {
      fputs("a line is no word and its count\n", stderr);
      return 1;
    }
    *end = 0;
    add(line, (size_t)(space - line), strtoull(space + 1, NULL, 10));
    at += (size_t)(end - line) + 1;
  }
  Entry *words = sorted();
  for (size_t k = 0; k < used; k++)
    printf("%s %llu\n", words[k].word, (unsigned long long)words[k].count);
  return 0;
}
