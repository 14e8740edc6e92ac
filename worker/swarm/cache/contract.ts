import { CHUNK_BYTES, chunkCount, chunkRange } from '../../../shared/blob/chunks.ts';
import { describeBlob } from '../../../shared/blob/manifest.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { equalBytes } from '../../../shared/bytes.ts';
import type { BlobCache, CachePlace, CacheUsage } from './blob-cache.ts';

/** A cache as the suite needs it; it may be in another thread. */
export type TestedCache = Omit<BlobCache, 'pin' | 'usage' | 'onEvicted'> & {
  pin(id: string): () => void | Promise<void>;
  usage(): CacheUsage | Promise<CacheUsage>;
};

/** What the contract suite runs on: one place, opened as often as a case likes. */
export interface CacheUnderTest {
  readonly place: CachePlace;
  /** Opens the cache on what was left, with a clock that goes on by a millisecond a reading. */
  open(quotaBytes?: number): Promise<TestedCache>;
  /** Leaves the opened cache as a crash would, at whatever point it is; its bytes stay. */
  crash(cache: TestedCache): Promise<void>;
  /** Changes bytes of every chunk of the blob behind the closed cache's back. */
  damage(id: string): Promise<void>;
}

/** One rule: its title and what must hold. Throws where it does not. */
export interface CacheCase {
  title: string;
  run(place: CacheUnderTest): Promise<void>;
}

interface Sample {
  ref: BlobRef;
  manifest: Uint8Array<ArrayBuffer> | null;
  chunk(index: number): Uint8Array<ArrayBuffer>;
}

/** A blob of bytes that follow from a seed. */
function sample(seed: number, bytes: number): Sample {
  const content = new Uint8Array(bytes);
  for (let i = 0, state = seed + 1; i < bytes; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    content[i] = state >>> 24;
  }
  return {
    ...describeBlob(content),
    chunk(index) {
      const { start, end } = chunkRange(bytes, index);
      return content.slice(start, end);
    },
  };
}

/** Three chunks, the last of 100 bytes. */
const LONG = 2 * CHUNK_BYTES + 100;

/** What every cache keeps, wherever it keeps its bytes. */
export const CACHE_CONTRACT: readonly CacheCase[] = [
  {
    title: 'SWM-90 a chunk that was written is read back, and no other is',
    async run(place) {
      const blob = sample(1, LONG);
      const cache = await place.open();
      await cache.open(blob.ref);
      equal(await cache.read(blob.ref.id, 2), null);
      equal(await cache.write(blob.ref.id, 2, blob.chunk(2)), true);
      equal(await cache.write(blob.ref.id, 0, blob.chunk(0)), true);
      bytes(await cache.read(blob.ref.id, 2), blob.chunk(2));
      bytes(await cache.read(blob.ref.id, 0), blob.chunk(0));
      equal(await cache.read(blob.ref.id, 1), null);
      equal((await cache.list())[0].have[0], 0b101);
      equal((await cache.usage()).bytes, CHUNK_BYTES + 100);
      await cache.close();
    },
  },
  {
    title: 'SWM-90 what is read is the caller’s own, and what is written stays the caller’s',
    async run(place) {
      const blob = sample(2, 1000);
      const cache = await place.open();
      await cache.open(blob.ref);
      const written = blob.chunk(0);
      await cache.write(blob.ref.id, 0, written);
      written.fill(0);
      (await cache.read(blob.ref.id, 0))?.fill(0);
      bytes(await cache.read(blob.ref.id, 0), blob.chunk(0));
      await cache.close();
    },
  },
  {
    title: 'SWM-91 chunks of the wrong number or length are refused',
    async run(place) {
      const blob = sample(3, LONG);
      const cache = await place.open();
      await cache.open(blob.ref);
      await rejects(cache.write(blob.ref.id, 3, blob.chunk(2)));
      await rejects(cache.write(blob.ref.id, -1, blob.chunk(2)));
      await rejects(cache.write(blob.ref.id, 0, blob.chunk(2)));
      equal((await cache.usage()).bytes, 0);
      await cache.close();
    },
  },
  {
    title: 'SWM-92 what was closed is there again: chunks, manifest, outputs, order of use',
    async run(place) {
      const [first, second] = [sample(4, LONG), sample(5, 500)];
      const before = await place.open();
      for (const blob of [first, second]) await fill(before, blob);
      if (first.manifest) await before.setManifest(first.ref.id, first.manifest);
      await before.keepOutput(second.ref.id, 'job-1');
      before.touch(first.ref.id);
      await before.close();

      const after = await place.open();
      const list = await after.list();
      equal(list.map(({ ref }) => ref.id).join(), [second.ref.id, first.ref.id].join());
      equal(list[0].output, 'job-1');
      bytes(list[1].manifest, first.manifest);
      equal(list[1].have[0], 0b111);
      for (let i = 0; i < 3; i++) bytes(await after.read(first.ref.id, i), first.chunk(i));
      bytes(await after.read(second.ref.id, 0), second.chunk(0));
      equal((await after.usage()).bytes, LONG + 500);
      await after.close();
    },
  },
  {
    title:
      'SWM-93 after a crash every chunk that is listed is right, and what is not can be written',
    async run(place) {
      const blob = sample(6, 20 * CHUNK_BYTES);
      const before = await place.open();
      await before.open(blob.ref);
      for (let i = 0; i < 17; i++) await before.write(blob.ref.id, i, blob.chunk(i));
      // Under way when it happens; nobody will ever answer.
      before.write(blob.ref.id, 17, blob.chunk(17)).catch(() => {});
      await place.crash(before);

      const after = await place.open();
      await after.open(blob.ref);
      for (let i = 0; i < 20; i++) {
        const found = await after.read(blob.ref.id, i);
        if (found) bytes(found, blob.chunk(i));
        else equal(await after.write(blob.ref.id, i, blob.chunk(i)), true);
      }
      for (let i = 0; i < 20; i++) bytes(await after.read(blob.ref.id, i), blob.chunk(i));
      await after.close();
    },
  },
  {
    title: 'SWM-93 a blob that was complete before a crash is complete after it',
    async run(place) {
      const blob = sample(7, LONG);
      const before = await place.open();
      await fill(before, blob);
      // Whatever comes next finds it written down.
      await before.list();
      await place.crash(before);

      const after = await place.open();
      for (let i = 0; i < 3; i++) bytes(await after.read(blob.ref.id, i), blob.chunk(i));
      await after.close();
    },
  },
  {
    title: 'SWM-94 what was damaged on the disk is never given out, and may come again',
    async run(place) {
      const [hurt, whole] = [sample(8, LONG), sample(9, 900)];
      const before = await place.open();
      await fill(before, hurt);
      await fill(before, whole);
      await before.close();
      await place.damage(hurt.ref.id);

      const after = await place.open();
      equal(await after.read(hurt.ref.id, 1), null);
      bytes(await after.read(whole.ref.id, 0), whole.chunk(0));
      equal(await after.write(hurt.ref.id, 1, hurt.chunk(1)), true);
      bytes(await after.read(hurt.ref.id, 1), hurt.chunk(1));
      await after.close();
    },
  },
  {
    title: 'SWM-95 the least recently used blob makes room',
    async run(place) {
      const blobs = [10, 11, 12].map((seed) => sample(seed, CHUNK_BYTES));
      const cache = await place.open(2 * CHUNK_BYTES);
      await fill(cache, blobs[0]);
      await fill(cache, blobs[1]);
      cache.touch(blobs[0].ref.id);
      await fill(cache, blobs[2]);
      equal(await cache.read(blobs[1].ref.id, 0), null);
      bytes(await cache.read(blobs[0].ref.id, 0), blobs[0].chunk(0));
      bytes(await cache.read(blobs[2].ref.id, 0), blobs[2].chunk(0));
      await cache.close();
    },
  },
  {
    title: 'SWM-96 what is pinned or a kept output never makes room; then nothing more is kept',
    async run(place) {
      const blobs = [13, 14, 15].map((seed) => sample(seed, CHUNK_BYTES));
      const cache = await place.open(2 * CHUNK_BYTES);
      const letGo = cache.pin(blobs[0].ref.id);
      await fill(cache, blobs[0]);
      await fill(cache, blobs[1]);
      await cache.keepOutput(blobs[1].ref.id, 'job-1');
      await cache.open(blobs[2].ref);
      equal(await cache.write(blobs[2].ref.id, 0, blobs[2].chunk(0)), false);
      equal((await cache.usage()).neededBytes, 2 * CHUNK_BYTES);
      await cache.empty();
      equal((await cache.usage()).bytes, 2 * CHUNK_BYTES);
      await letGo();
      await letGo();
      await cache.open(blobs[2].ref);
      equal(await cache.write(blobs[2].ref.id, 0, blobs[2].chunk(0)), true);
      equal(await cache.read(blobs[0].ref.id, 0), null);
      bytes(await cache.read(blobs[1].ref.id, 0), blobs[1].chunk(0));
      await cache.close();
    },
  },
  {
    title: 'SWM-97 a smaller quota takes effect at once, and at the next start',
    async run(place) {
      const blobs = [16, 17, 18].map((seed) => sample(seed, CHUNK_BYTES));
      const before = await place.open();
      for (const blob of blobs) await fill(before, blob);
      await before.setQuota(2 * CHUNK_BYTES);
      equal((await before.usage()).blobs, 2);
      await before.close();
      const after = await place.open(CHUNK_BYTES);
      equal((await after.list()).map(({ ref }) => ref.id).join(), blobs[2].ref.id);
      await after.close();
    },
  },
  {
    title: 'SWM-98 what is emptied or removed is gone for good',
    async run(place) {
      const blobs = [19, 20].map((seed) => sample(seed, LONG));
      const before = await place.open();
      for (const blob of blobs) await fill(before, blob);
      await before.remove(blobs[0].ref.id);
      equal(await before.read(blobs[0].ref.id, 0), null);
      equal(await before.write(blobs[0].ref.id, 0, blobs[0].chunk(0)), false);
      await before.empty();
      equal((await before.usage()).bytes, 0);
      await before.close();
      const after = await place.open();
      equal((await after.list()).length, 0);
      await after.close();
    },
  },
  {
    title: 'SWM-99 one name with two manifests: the later takes its place, unless it is needed',
    async run(place) {
      const blob = sample(21, LONG);
      const other = { ...blob.ref, manifest: 'f'.repeat(64) };
      const cache = await place.open();
      await fill(cache, blob);
      const letGo = cache.pin(blob.ref.id);
      await rejects(cache.open(other));
      await letGo();
      equal((await cache.open(other)).have[0], 0);
      equal(await cache.read(blob.ref.id, 0), null);
      await cache.close();
    },
  },
];

async function fill(cache: TestedCache, blob: Sample): Promise<void> {
  await cache.open(blob.ref);
  for (let i = 0; i < chunkCount(blob.ref.bytes); i++)
    equal(await cache.write(blob.ref.id, i, blob.chunk(i)), true);
}

function equal(found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${String(found)} instead of ${String(expected)}`);
}

function bytes(found: Uint8Array | null, expected: Uint8Array | null): void {
  if (!found || !expected || !equalBytes(found, expected)) throw new Error('other bytes, or none');
}

/** With an error of ours; its code does not come along from another thread. */
async function rejects(doing: Promise<unknown>): Promise<void> {
  const error = await doing.then(
    () => null,
    (thrown: Error) => thrown,
  );
  equal(error?.name, 'ManyhandsError');
}
