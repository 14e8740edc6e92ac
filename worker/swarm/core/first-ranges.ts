import type { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import type { ChunkRange } from './events.ts';

/** The first chunks of a set, so many at most, as ranges. */
export function firstRanges(chunks: ChunkSet, most: number): ChunkRange[] {
  const ranges: ChunkRange[] = [];
  for (let chunk = 0, left = most; chunk < chunks.size && left > 0; chunk++) {
    if (!chunks.has(chunk)) continue;
    left--;
    const last = ranges.at(-1);
    if (last && last.first + last.count === chunk) last.count++;
    else ranges.push({ first: chunk, count: 1 });
  }
  return ranges;
}
