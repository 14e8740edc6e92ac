import { expect, test } from 'vitest';
import { describeBlob } from '../../../shared/blob/manifest.ts';
import { CACHE_CONTRACT } from './contract.ts';
import { inMemory } from './in-memory.ts';
import { MemoryCache, MemoryStore } from './memory-cache.ts';
import { StoredCache } from './stored-cache.ts';

for (const { title, run } of CACHE_CONTRACT) test(`${title} (memory)`, () => run(inMemory()));

function blob(byte: number, bytes = 1000) {
  const content = new Uint8Array(bytes).fill(byte);
  return { content, ref: describeBlob(content).ref };
}

test('SWM-95 who had to make room is told', async () => {
  const cache = new MemoryCache({ quotaBytes: 1500, now: () => 0 });
  const evicted: string[] = [];
  cache.onEvicted = (ids) => evicted.push(...ids);
  const [first, second] = [blob(1), blob(2)];
  for (const { ref, content } of [first, second]) {
    await cache.open(ref);
    await cache.write(ref.id, 0, content);
  }
  expect(evicted).toEqual([first.ref.id]);
});

/** A browser that gives less than the quota says. */
class SmallStore extends MemoryStore {
  room = 2500;
  readonly #sizes = new Map<string, number>();

  override async putChunk(id: string, chunk: number, sealed: Uint8Array<ArrayBuffer>) {
    const used = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
    if (used + sealed.length > this.room) throw new DOMException('Full.', 'QuotaExceededError');
    this.#sizes.set(id, sealed.length);
    await super.putChunk(id, chunk, sealed);
  }

  override async remove(id: string) {
    this.#sizes.delete(id);
    await super.remove(id);
  }
}

test('SWM-100 where the browser has less room than the quota, the cache lives with less', async () => {
  let now = 0;
  const cache = new StoredCache(new SmallStore(), { quotaBytes: 1_000_000, now: () => now++ });
  const blobs = [1, 2, 3].map((byte) => blob(byte));
  for (const { ref, content } of blobs) {
    await cache.open(ref);
    expect(await cache.write(ref.id, 0, content)).toBe(true);
  }
  expect(cache.usage()).toMatchObject({ bytes: 2000, quotaBytes: 2000, blobs: 2 });
  expect(await cache.read(blobs[0].ref.id, 0)).toBeNull();
  for (const { ref } of blobs.slice(1)) cache.pin(ref.id);
  await cache.open(blobs[0].ref);
  expect(await cache.write(blobs[0].ref.id, 0, blobs[0].content)).toBe(false);
});

test('SWM-101 storage that is taken away costs a download, never a job', async () => {
  const store = new MemoryStore();
  const cache = new StoredCache(store, { quotaBytes: 1_000_000, now: () => 0 });
  const gone = () => Promise.reject(new DOMException('Closed.', 'InvalidStateError'));
  const { ref, content } = blob(1);
  await cache.open(ref);
  Object.assign(store, { putChunk: gone, getChunk: gone, putRecord: gone, remove: gone });
  expect(await cache.write(ref.id, 0, content)).toBe(false);
  expect(await cache.read(ref.id, 0)).toBeNull();
  await cache.keepOutput(ref.id, 'job');
  await cache.remove(ref.id);
  await cache.close();
});
