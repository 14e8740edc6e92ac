import type { BlobRef } from '../../../shared/blob/ref.ts';
import type { BlobId } from '../../../shared/job/spec.ts';

/** A blob as the cache knows it. */
export interface CachedBlob {
  ref: BlobRef;
  /** Bits of a ChunkSet: verified chunks that are here. */
  have: Uint8Array<ArrayBuffer>;
  /** The blob's manifest, once it is known; null where it needs none. */
  manifest: Uint8Array<ArrayBuffer> | null;
  /** An output that was computed here and is not to be lost; the job it is of. */
  output: string | null;
  /** Milliseconds since 1970. */
  usedAt: number;
}

/** Where a cache's bytes are. */
export type CachePlace = 'opfs' | 'indexeddb' | 'memory' | 'folder';

export interface CacheUsage {
  place: CachePlace;
  /** Bytes of the chunks that are here. */
  bytes: number;
  /** What the cache may hold: what was set, or less where the browser gave less. */
  quotaBytes: number;
  blobs: number;
  /** Those of `bytes` that cannot make room: of blobs that are pinned, and of kept outputs. */
  neededBytes: number;
}

/**
 * Where chunks are kept between visits: verified before they come here, so only what was damaged on
 * the disk needs checking again when it is read. Several blobs at a time, each chunk written once.
 */
export interface BlobCache {
  /** What is here, least recently used first. */
  list(): Promise<CachedBlob[]>;
  /**
   * Prepares for a blob's chunks; nothing happens where it is here already. What is here under the
   * same name with another length or manifest is removed: one of the two is a lie, and only chunks
   * that belong together may stand together.
   * @throws ManyhandsError `BLOB_MISMATCH` where such a one is pinned or a kept output, `CACHE_FULL`
   * where there are as many blobs as there may be, all of them needed
   */
  open(ref: BlobRef): Promise<CachedBlob>;
  setManifest(id: BlobId, manifest: Uint8Array<ArrayBuffer>): Promise<void>;
  /**
   * Keeps a verified chunk; others make room for it. The array stays the caller's.
   * @returns whether it is kept: not where no room can be made, or the blob was removed meanwhile
   */
  write(id: BlobId, chunk: number, bytes: Uint8Array<ArrayBuffer>): Promise<boolean>;
  /** A verified chunk, the caller's to keep or to transfer; null where it is not here (any more). */
  read(id: BlobId, chunk: number): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Marks as used now, which puts it last in line for eviction. */
  touch(id: BlobId): void;
  /** Protects from eviction, also before it is here; counted. Returns how to let go. */
  pin(id: BlobId): () => void;
  /** Marks (or no longer) as an output of a job that is not to be lost: never evicted, kept over reloads. */
  keepOutput(id: BlobId, job: string | null): Promise<void>;
  remove(id: BlobId): Promise<void>;
  /** Removes all that is neither pinned nor a kept output. */
  empty(): Promise<void>;
  setQuota(bytes: number): Promise<void>;
  usage(): CacheUsage;
  /** Called with blobs that had to make room. */
  onEvicted: ((ids: BlobId[]) => void) | null;
  close(): Promise<void>;
}
