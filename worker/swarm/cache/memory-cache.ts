import type { BlobId } from '../../../shared/job/spec.ts';
import type { BlobRecord, ChunkStore } from './chunk-store.ts';
import { type CacheOptions, StoredCache } from './stored-cache.ts';

/** Bytes that live as long as the object does; handed on to another cache, they stay. */
export class MemoryStore implements ChunkStore {
  readonly place = 'memory';
  readonly #records = new Map<BlobId, BlobRecord>();
  readonly #chunks = new Map<BlobId, Map<number, Uint8Array<ArrayBuffer>>>();

  async load(): Promise<BlobRecord[]> {
    return [...this.#records.values()];
  }

  async putRecord(record: BlobRecord): Promise<void> {
    this.#records.set(record.ref.id, record);
  }

  async putChunk(id: BlobId, chunk: number, sealed: Uint8Array<ArrayBuffer>): Promise<void> {
    const chunks = this.#chunks.get(id) ?? new Map<number, Uint8Array<ArrayBuffer>>();
    this.#chunks.set(id, chunks.set(chunk, sealed));
  }

  async getChunk(id: BlobId, chunk: number): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#chunks.get(id)?.get(chunk) ?? null;
  }

  async remove(id: BlobId): Promise<void> {
    this.#records.delete(id);
    this.#chunks.delete(id);
  }

  async sweep(ids: ReadonlySet<BlobId>): Promise<void> {
    for (const id of this.#chunks.keys()) if (!ids.has(id)) this.#chunks.delete(id);
  }

  async close(): Promise<void> {}

  /** The same content, as it is now. */
  async copy(): Promise<MemoryStore> {
    const copy = new MemoryStore();
    for (const record of this.#records.values()) await copy.putRecord(record);
    for (const [id, chunks] of this.#chunks)
      for (const [chunk, sealed] of chunks) await copy.putChunk(id, chunk, sealed);
    return copy;
  }
}

/** For browsers that keep nothing, and for tests: gone with its process. */
export class MemoryCache extends StoredCache {
  constructor(options: CacheOptions) {
    super(new MemoryStore(), options);
  }
}
