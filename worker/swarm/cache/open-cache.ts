import type { BlobCache } from './blob-cache.ts';
import { CacheDatabase } from './cache-database.ts';
import { IndexedDbStore } from './indexed-db-store.ts';
import { OPEN_PATIENCE_MS, SHARE_OF_QUOTA } from './limits.ts';
import { MemoryCache } from './memory-cache.ts';
import { OpfsStore } from './opfs-store.ts';
import { type CacheOptions, StoredCache } from './stored-cache.ts';

const LOCK = 'manyhands-cache';

/** What a browser may lack. */
export interface CacheEnvironment {
  readonly storage: StorageManager | null;
  readonly indexedDb: IDBFactory | null;
  readonly locks: LockManager | null;
}

/** That of the dedicated worker that this runs in. */
export function browserCacheEnvironment(): CacheEnvironment {
  const { storage, locks }: { storage?: StorageManager; locks?: LockManager } = navigator;
  return {
    storage: storage ?? null,
    indexedDb: globalThis.indexedDB ?? null,
    locks: locks ?? null,
  };
}

/**
 * The best cache that there is: files, else the browser's database, else memory. One engine of a
 * browser has it at a time; where another does not let go of it soon, this one keeps to memory.
 */
export async function openCache(
  environment: CacheEnvironment,
  options: CacheOptions,
): Promise<BlobCache> {
  const release = await takeLock(environment.locks);
  if (!release) return new MemoryCache(options);
  const cache = await openStored(environment, options).catch(() => null);
  if (!cache) {
    release();
    return new MemoryCache(options);
  }
  const close = cache.close.bind(cache);
  cache.close = () => close().finally(release);
  return cache;
}

async function openStored(
  { storage, indexedDb }: CacheEnvironment,
  options: CacheOptions,
): Promise<BlobCache | null> {
  if (!indexedDb) return null;
  const database = await CacheDatabase.open(indexedDb);
  const files = storage && (await OpfsStore.open(storage, database).catch(() => null));
  const store = files ?? new IndexedDbStore(database);
  const quotaBytes = Math.min(options.quotaBytes, await roomIn(storage));
  const cache = new StoredCache(store, { ...options, quotaBytes });
  // What cannot be read cannot be used: the first call tells.
  await cache.list();
  return cache;
}

/** Bytes that the browser gives this origin, some of them left to its other needs. */
async function roomIn(storage: StorageManager | null): Promise<number> {
  const estimate = await storage?.estimate?.().catch(() => null);
  return estimate?.quota ? estimate.quota * SHARE_OF_QUOTA : Number.POSITIVE_INFINITY;
}

/**
 * Returns how to let go: an ended worker lets go by itself. Where tabs cannot agree, whoever comes
 * may have it. Null where another keeps it.
 */
async function takeLock(locks: LockManager | null): Promise<(() => void) | null> {
  if (!locks) return () => {};
  return new Promise((resolve) => {
    const held = () =>
      new Promise<void>((release) => {
        resolve(release);
      });
    locks
      .request(LOCK, { signal: AbortSignal.timeout(OPEN_PATIENCE_MS) }, held)
      .catch(() => resolve(null));
  });
}
