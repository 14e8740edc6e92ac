import type { BlobCache } from './blob-cache.ts';
import type { CacheUnderTest } from './contract.ts';
import { MemoryStore } from './memory-cache.ts';
import { StoredCache } from './stored-cache.ts';

/**
 * A cache in memory for the contract suite, whose store outlives it.
 * @param wrap makes what is tested of it
 */
export function inMemory(
  wrap: (cache: StoredCache) => BlobCache = (cache) => cache,
): CacheUnderTest {
  let now = 0;
  let store = new MemoryStore();
  return {
    place: 'memory',
    open: async (quotaBytes = 2 ** 30) =>
      wrap(new StoredCache(store, { quotaBytes, now: () => now++ })),
    async crash() {
      // What the crashed one still does happens to a copy that nobody sees.
      store = await store.copy();
    },
    async damage(id) {
      for (const chunk of [0, 1, 2]) {
        const sealed = await store.getChunk(id, chunk);
        if (sealed) sealed[sealed.length - 1] ^= 1;
      }
    },
  };
}
