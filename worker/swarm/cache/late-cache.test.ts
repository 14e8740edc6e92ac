import { expect, test } from 'vitest';
import { describeBlob } from '../../../shared/blob/manifest.ts';
import type { BlobCache } from './blob-cache.ts';
import { CACHE_CONTRACT } from './contract.ts';
import { inMemory } from './in-memory.ts';
import { LateCache } from './late-cache.ts';
import { MemoryCache } from './memory-cache.ts';

/** Opened in the turn after the one in which it is first used. */
const late = () => inMemory((cache) => new LateCache(Promise.resolve(cache)));

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
