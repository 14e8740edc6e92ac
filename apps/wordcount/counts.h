// Counts by word: an open-addressed hash table whose words lie one after the other in one array.
#ifndef COUNTS_H
#define COUNTS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const char *word;
  uint32_t hash;
  uint64_t count;
} Entry;

static Entry *entries;
static size_t capacity, used;

static void *need(void *memory) {
  if (memory) return memory;
  fputs("no memory left\n", stderr);
  exit(1);
}

// FNV-1a: the same on every machine, so a word is in the same group wherever it is counted.
static uint32_t hashOf(const char *word, size_t length) {
  uint32_t hash = 2166136261u;
  for (size_t k = 0; k < length; k++) hash = (hash ^ (unsigned char)word[k]) * 16777619u;
  return hash;
}

static Entry *slotOf(const char *word, size_t length, uint32_t hash) {
  for (size_t at = hash & (capacity - 1);; at = (at + 1) & (capacity - 1)) {
    Entry *entry = &entries[at];
    if (!entry->word) return entry;
    if (entry->hash == hash && strncmp(entry->word, word, length) == 0 && !entry->word[length])
      return entry;
  }
}

static void grow(void) {
  Entry *before = entries;
  size_t count = capacity;
  capacity = capacity ? 2 * capacity : 4096;
  entries = need(calloc(capacity, sizeof(Entry)));
  for (size_t k = 0; k < count; k++)
    if (before[k].word) *slotOf(before[k].word, strlen(before[k].word), before[k].hash) = before[k];
  free(before);
}

static void add(const char *word, size_t length, uint64_t count) {
  if (2 * used >= capacity) grow();
  uint32_t hash = hashOf(word, length);
  Entry *entry = slotOf(word, length, hash);
  if (!entry->word) {
    char *copy = need(malloc(length + 1));
    memcpy(copy, word, length);
    copy[length] = 0;
    *entry = (Entry){copy, hash, 0};
    used++;
  }
  entry->count += count;
}

static int byWord(const void *a, const void *b) {
  return strcmp(((const Entry *)a)->word, ((const Entry *)b)->word);
}

// The words in alphabetical order: answers are compared as bytes. The table is no table afterwards.
static Entry *sorted(void) {
  size_t at = 0;
  for (size_t k = 0; k < capacity; k++)
    if (entries[k].word) entries[at++] = entries[k];
  if (used > 0) qsort(entries, used, sizeof(Entry), byWord);
  return entries;
}

// All of standard input.
static char *readAll(size_t *length) {
  size_t room = 1 << 16;
  char *text = need(malloc(room));
  *length = 0;
  for (size_t got; (got = fread(text + *length, 1, room - *length, stdin)) > 0;) {
    *length += got;
    if (*length == room) text = need(realloc(text, room *= 2));
  }
  return text;
}

#endif
