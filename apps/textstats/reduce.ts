import * as z from 'zod/mini';
import { readResults, resultsPath, returnedBy } from '../results.ts';

const ChunkStats = z.object({
  lines: z.int(),
  characters: z.int(),
  words: z.int(),
  counts: z.array(z.tuple([z.string(), z.int()])),
});
/** What one shard returned. */
export type ChunkStats = z.infer<typeof ChunkStats>;

/** What one shard returned, checked. */
export function parseChunk(value: unknown): ChunkStats {
  return ChunkStats.parse(value);
}

/** A text's statistics, put together from those of its chunks in any order. */
export class TextStats {
  lines = 0;
  characters = 0;
  words = 0;
  readonly counts = new Map<string, number>();

  add(chunk: ChunkStats) {
    this.lines += chunk.lines;
    this.characters += chunk.characters;
    this.words += chunk.words;
    for (const [word, count] of chunk.counts) {
      this.counts.set(word, (this.counts.get(word) ?? 0) + count);
    }
  }

  /** Distinct words. */
  get vocabulary(): number {
    return this.counts.size;
  }

  /** Words that occur only once (hapax legomena). */
  get once(): number {
    let words = 0;
    for (const count of this.counts.values()) if (count === 1) words++;
    return words;
  }

  /**
   * Yule's K (1944), 10^4 * (sum of squared counts - words) / words^2: the lower, the richer the
   * vocabulary. Unlike the share of distinct words it does not fall as a text grows longer.
   */
  get yule(): number {
    let squares = 0;
    for (const count of this.counts.values()) squares += count * count;
    return (1e4 * (squares - this.words)) / this.words ** 2;
  }

  /** The most frequent words with their counts, alphabetically where equal. */
  top(size: number): [word: string, count: number][] {
    return [...this.counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, size);
  }
}

if (import.meta.main) {
  const stats = new TextStats();
  for await (const row of readResults(resultsPath())) stats.add(parseChunk(returnedBy(row)));
  const { lines, characters, words, vocabulary, once, yule } = stats;
  console.log(JSON.stringify({ lines, characters, words, vocabulary, once, yule }));
  for (const [word, count] of stats.top(20)) console.log(`${String(count).padStart(7)} ${word}`);
}
