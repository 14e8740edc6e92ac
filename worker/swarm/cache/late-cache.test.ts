import { expect, test } from 'vitest';
import { describeBlob } from '../../../shared/blob/manifest.ts';
import type { BlobCache } from './blob-cache.ts';
import { CACHE_CONTRACT, type CacheUnderTest } from './contract.ts';
import { LateCache } from './late-cache.ts';
import { MemoryCache, MemoryStore } from './memory-cache.ts';
import { StoredCache } from './stored-cache.ts';

/** Opened in the turn after the one in which it is first used. */
function late(): CacheUnderTest {
  let now = 0;
  let store = new MemoryStore();
  return {
    place: 'memory',
    open: async (quotaBytes = 2 ** 30) => {
      const opening = Promise.resolve().then(
        () => new StoredCache(store, { quotaBytes, now: () => now++ }),
      );
      return new LateCache(opening);
    },
    async crash() {
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

for (const { title, run } of CACHE_CONTRACT) test(`${title} (late)`, () => run(late()));

test('SWM-105 what is written, pinned or asked for before the cache is open is, once it is', async () => {
  const opened = Promise.withResolvers<BlobCache>();
  const cache = new LateCache(opened.promise);
  const content = new Uint8Array(1000).fill(7);
  const { ref } = describeBlob(content);
  const evicted: string[] = [];
  cache.onEvicted = (ids) => evicted.push(...ids);
  const opening = cache.open(ref);
  const kept = cache.write(ref.id, 0, content);
  const unpin = cache.pin(ref.id);
  content.fill(0);
  expect(cache.usage().blobs).toBe(0);

  opened.resolve(new MemoryCache({ quotaBytes: 1500, now: () => 0 }));
  await opening;
  expect(await kept).toBe(true);
  expect(await cache.read(ref.id, 0)).toEqual(new Uint8Array(1000).fill(7));
  const other = describeBlob(new Uint8Array(1000).fill(9)).ref;
  await cache.open(other);
  expect(await cache.write(other.id, 0, new Uint8Array(1000).fill(9))).toBe(false);
  unpin();
  expect(await cache.write(other.id, 0, new Uint8Array(1000).fill(9))).toBe(true);
  expect(evicted).toEqual([ref.id]);
});
