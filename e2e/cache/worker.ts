import { expose, proxy } from 'comlink';
import { CHUNK_BYTES } from '../../shared/blob/chunks.ts';
import type { BlobCache, CachePlace } from '../../worker/swarm/cache/blob-cache.ts';
import { browserCacheEnvironment, openCache } from '../../worker/swarm/cache/open-cache.ts';

/** Behind which a chunk lies in a file: see `sealed-chunk.ts`. */
const SEAL_BYTES = 40;

/** A cache in a worker of its own, as the engine has it, and what a test does behind its back. */
const api = {
  /** @param now milliseconds since 1970 at the first reading; each further one is one later */
  async open(place: CachePlace, quotaBytes: number, now: number): Promise<BlobCache> {
    const environment = browserCacheEnvironment();
    let clock = now;
    const cache = await openCache(
      { ...environment, storage: place === 'opfs' ? environment.storage : null },
      { quotaBytes, now: () => clock++ },
    );
    const pin = cache.pin.bind(cache);
    // Over Comlink only what is marked stays a function.
    cache.pin = (id) => proxy(pin(id));
    return proxy(cache);
  },

  async damage(place: CachePlace, id: string): Promise<void> {
    await (place === 'opfs' ? damageFile(id) : damageDatabase(id));
  },
};

export type CacheWorker = typeof api;

async function damageFile(id: string): Promise<void> {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(
    'manyhands-cache',
  );
  const handle = await (await folder.getFileHandle(id)).createSyncAccessHandle();
  for (let at = SEAL_BYTES; at < handle.getSize(); at += SEAL_BYTES + CHUNK_BYTES) {
    const byte = new Uint8Array(1);
    handle.read(byte, { at });
    byte[0] ^= 1;
    handle.write(byte, { at });
  }
  handle.close();
}

async function damageDatabase(id: string): Promise<void> {
  const opening = indexedDB.open('manyhands-cache');
  await new Promise((resolve) => {
    opening.onsuccess = resolve;
  });
  const transaction = opening.result.transaction('chunks', 'readwrite');
  const cursors = transaction.objectStore('chunks').openCursor(IDBKeyRange.bound([id], [id, []]));
  cursors.onsuccess = () => {
    const cursor = cursors.result;
    if (!cursor) return;
    const sealed: Uint8Array = cursor.value;
    sealed[SEAL_BYTES] ^= 1;
    cursor.update(sealed);
    cursor.continue();
  };
  await new Promise((resolve) => {
    transaction.oncomplete = resolve;
  });
  opening.result.close();
}

expose(api);
