import { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import { CHUNK_BYTES } from '../../../shared/blob/chunks.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { type Seek, Tracker } from './tracker.ts';

export const CHUNKS = 32;
export const BLOB: BlobRef = {
  id: 'ab'.repeat(32),
  bytes: CHUNKS * CHUNK_BYTES,
  manifest: 'cd'.repeat(32),
};

export const now = 1_000_000;

export function newTracker(seedBytesPerSecond = 0): Tracker {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
  return new Tracker({ seedBytesPerSecond, random });
}

/** Nodes that have joined, entered and can be reached, each on a network of its own. */
export function withNodes(tracker: Tracker, ...nodes: number[]): void {
  for (const node of nodes) {
    tracker.joined(node, `network ${node}`);
    tracker.entered(node, true);
  }
}

/** A seek by which a node that has `have` asks for all the rest. */
export function seekWith(have: readonly number[], changes: Partial<Seek> = {}): Seek {
  const here = new ChunkSet(CHUNKS);
  const missing = ChunkSet.full(CHUNKS);
  for (const chunk of have) {
    here.add(chunk);
    missing.delete(chunk);
  }
  const rest = { peers: 8, grant: CHUNKS, starved: false };
  return { job: 'job', blob: BLOB, missing: missing.bits, have: here.bits, ...rest, ...changes };
}

export const all = Array.from({ length: CHUNKS }, (_, chunk) => chunk);
export const chunksOf = (grant: readonly { first: number; count: number }[]) =>
  grant.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
