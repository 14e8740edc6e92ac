import { test } from 'vitest';
import { CACHE_CONTRACT, type CacheUnderTest } from './contract.ts';
import { MemoryStore } from './memory-cache.ts';
import { StoredCache } from './stored-cache.ts';

function inMemory(): CacheUnderTest {
  let now = 0;
  let store = new MemoryStore();
  return {
    place: 'memory',
    open: async (quotaBytes = 2 ** 30) => new StoredCache(store, { quotaBytes, now: () => now++ }),
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

for (const { title, run } of CACHE_CONTRACT) test(`${title} (memory)`, () => run(inMemory()));
