import type { BlobId } from '../../../shared/job/spec.ts';
import type { CacheDatabase } from './cache-database.ts';
import type { BlobRecord, ChunkStore } from './chunk-store.ts';

/** Chunks in the browser's database, where it gives no files: Firefox's private windows, say. */
export class IndexedDbStore implements ChunkStore {
  readonly place = 'indexeddb';
  readonly #database: CacheDatabase;

  constructor(database: CacheDatabase) {
    this.#database = database;
  }

  load(): Promise<unknown[]> {
    return this.#database.records();
  }

  putRecord(record: BlobRecord): Promise<void> {
    return this.#database.putRecord(record);
  }

  putChunk(id: BlobId, chunk: number, sealed: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#database.putChunk(id, chunk, sealed);
  }

  async getChunk(id: BlobId, chunk: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const found = await this.#database.getChunk(id, chunk);
    return found instanceof Uint8Array ? (found as Uint8Array<ArrayBuffer>) : null;
  }

  async remove(id: BlobId): Promise<void> {
    await this.#database.removeRecord(id);
    await this.#database.removeChunks(id);
  }

  async sweep(ids: ReadonlySet<BlobId>): Promise<void> {
    for (const id of await this.#database.blobsWithChunks())
      if (!ids.has(id)) await this.#database.removeChunks(id);
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}
