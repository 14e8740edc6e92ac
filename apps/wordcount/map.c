// Counts the words of one chunk of a text and writes them into one file a group: every chunk's
// count of a word is in the group of the same number. Usage: map GROUPS < CHUNK
//
// A word is a run of the letters a to z with apostrophes inside ("we'll"); case does not matter.
#include <ctype.h>
#include <sys/stat.h>

#include "counts.h"

static int isLetter(char c) { return c >= 'a' && c <= 'z'; }

static void countWords(char *text, size_t length) {
  for (size_t k = 0; k < length; k++) text[k] = (char)tolower((unsigned char)text[k]);
  for (size_t at = 0; at < length;) {
    if (!isLetter(text[at])) {
      at++;
      continue;
    }
    size_t end = at + 1;
    while (end < length && (isLetter(text[end]) || (text[end] == '\'' && end + 1 < length &&
                                                    isLetter(text[end + 1]))))
      end++;
    add(text + at, end - at, 1);
    at = end;
  }
}

int main(int argc, char **argv) {
  int groups = argc == 2 ? atoi(argv[1]) : 0;
  if (groups < 1 || groups > 256) {
    fputs("usage: map GROUPS\n", stderr);
    return 2;
  }
  size_t length;
  char *text = readAll(&length);
  countWords(text, length);
  Entry *words = sorted();
  mkdir("/groups", 0777);
  for (int group = 0; group < groups; group++) {
    char path[32];
    snprintf(path, sizeof path, "/groups/%d", group);
    FILE *file = fopen(path, "w");
    if (!file) {
      perror(path);
      return 1;
    }
    for (size_t k = 0; k < used; k++)
      if (words[k].hash % (uint32_t)groups == (uint32_t)group)
        fprintf(file, "%s %llu\n", words[k].word, (unsigned long long)words[k].count);
    fclose(file);
  }
  return 0;
}
