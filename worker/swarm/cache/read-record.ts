import * as z from 'zod/mini';
import { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import { chunkCount } from '../../../shared/blob/chunks.ts';
import { BlobRef } from '../../../shared/blob/ref.ts';
import type { BlobRecord } from './chunk-store.ts';

const Bytes = z.instanceof(Uint8Array<ArrayBuffer>);

const Stored = z.object({
  ref: BlobRef,
  have: Bytes,
  manifest: z.nullable(Bytes),
  output: z.nullable(z.string()),
  usedAt: z.number().check(z.nonnegative()),
});

/** A record as it was read from a store; null where an older version or a damaged disk wrote it. */
export function readRecord(stored: unknown): BlobRecord | null {
  const parsed = Stored.safeParse(stored);
  if (!parsed.success) return null;
  const { ref, have } = parsed.data;
  if (have.length !== Math.ceil(chunkCount(ref.bytes) / 8)) return null;
  return { ...parsed.data, have: new ChunkSet(chunkCount(ref.bytes), have).bits };
}
