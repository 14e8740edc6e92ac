import type { BlobId } from '../../../shared/job/spec.ts';
import { answer, complete } from '../../indexed-db.ts';
import type { BlobRecord } from './chunk-store.ts';

const NAME = 'manyhands-cache';
const VERSION = 1;
const RECORDS = 'records';
const CHUNKS = 'chunks';

/** The browser's database of a cache: its records, and where there are no files its chunks too. */
export class CacheDatabase {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** Rejects where the browser keeps nothing. */
  static async open(factory: IDBFactory): Promise<CacheDatabase> {
    const opening = factory.open(NAME, VERSION);
    opening.onupgradeneeded = () => {
      for (const store of [RECORDS, CHUNKS]) opening.result.createObjectStore(store);
    };
    return new CacheDatabase(await answer(opening));
  }

  records(): Promise<unknown[]> {
    return answer(this.#database.transaction(RECORDS).objectStore(RECORDS).getAll());
  }

  putRecord(record: BlobRecord): Promise<void> {
    return this.#change(RECORDS, (store) => store.put(record, record.ref.id));
  }

  removeRecord(id: BlobId): Promise<void> {
    return this.#change(RECORDS, (store) => store.delete(id));
  }

  putChunk(id: BlobId, chunk: number, sealed: Uint8Array): Promise<void> {
    return this.#change(CHUNKS, (store) => store.put(sealed, [id, chunk]));
  }

  getChunk(id: BlobId, chunk: number): Promise<unknown> {
    return answer(this.#database.transaction(CHUNKS).objectStore(CHUNKS).get([id, chunk]));
  }

  removeChunks(id: BlobId): Promise<void> {
    // Behind every number comes every array.
    return this.#change(CHUNKS, (store) => store.delete(IDBKeyRange.bound([id], [id, []])));
  }

  /** Names of the blobs that there are chunks of. */
  async blobsWithChunks(): Promise<Set<BlobId>> {
    const keys = await answer(this.#database.transaction(CHUNKS).objectStore(CHUNKS).getAllKeys());
    return new Set(keys.map((key) => String((key as IDBValidKey[])[0])));
  }

  close(): void {
    this.#database.close();
  }

  #change(name: string, change: (store: IDBObjectStore) => void): Promise<void> {
    // Relaxed: after a power cut a download, for hundreds of chunks a second instead of dozens.
    const transaction = this.#database.transaction(name, 'readwrite', { durability: 'relaxed' });
    const written = complete(transaction);
    change(transaction.objectStore(name));
    transaction.commit();
    return written;
  }
}
