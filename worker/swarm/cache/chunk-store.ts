import type { BlobRef } from '../../../shared/blob/ref.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { CachePlace } from './blob-cache.ts';

/** What is written down about one blob, beside its chunks. */
export interface BlobRecord {
  ref: BlobRef;
  /** Bits of a ChunkSet: chunks whose bytes were written before this record was. */
  have: Uint8Array<ArrayBuffer>;
  manifest: Uint8Array<ArrayBuffer> | null;
  /** The job of a kept output, else null. */
  output: string | null;
  /** Milliseconds since 1970. */
  usedAt: number;
}

/**
 * The thin part of a cache: puts bytes somewhere and finds them again. It decides nothing. One call
 * at a time; chunks come sealed (sealed-chunk.ts), so what a crash left half-written is found out.
 */
export interface ChunkStore {
  readonly place: CachePlace;
  /** Everything that was put as a record, unchecked. */
  load(): Promise<unknown[]>;
  putRecord(record: BlobRecord): Promise<void>;
  /**
   * @throws a `QuotaExceededError` where the browser or the disk has no more room
   */
  putChunk(id: BlobId, chunk: number, sealed: Uint8Array<ArrayBuffer>): Promise<void>;
  /** What was put, perhaps damaged; null where there is nothing. */
  getChunk(id: BlobId, chunk: number): Promise<Uint8Array<ArrayBuffer> | null>;
  /** The record and all chunks, whatever there is of them. */
  remove(id: BlobId): Promise<void>;
  /** Removes what belongs to none of these blobs. */
  sweep(ids: ReadonlySet<BlobId>): Promise<void>;
  close(): Promise<void>;
}
