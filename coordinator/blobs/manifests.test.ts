import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CHUNK_BYTES } from '../../shared/blob/chunks.ts';
import { decodeManifest, describeBlob } from '../../shared/blob/manifest.ts';
import { JobSpec } from '../../shared/job/spec.ts';
import { SWARM_MIN_BYTES } from '../swarm/limits.ts';
import { BlobStore } from './blob-store.ts';
import { jobBlobs } from './job-blobs.ts';
import { Manifests } from './manifests.ts';

let folder: string;
let store: BlobStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manyhands-manifests-'));
  store = await open();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = () =>
  BlobStore.open({ folder, maxBlobBytes: 64 * 1024 ** 2, minFreeBytes: 0, maxUploads: 4 });

/** Bytes of which no two chunks are the same. */
const bytesOf = (length: number) =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 10)) & 0xff);

async function put(bytes: Uint8Array): Promise<string> {
  return (await store.receive([bytes])).id;
}

test.each([CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 5])(
  'SWM-60 the manifest of a blob of %d bytes is that of its bytes, whatever pieces the disk gives',
  async (length) => {
    const bytes = bytesOf(length);
    const id = await put(bytes);
    const expected = describeBlob(bytes);
    const odd = {
      size: (blob: string) => store.size(blob),
      readManifest: async () => null,
      keepManifest: async () => {},
      read: (blob: string) => Readable.from(oddPieces(store.read(blob))),
    };
    expect(await new Manifests(odd).read(id)).toEqual(expected.manifest);
    expect(await new Manifests(store).refOf(id, true)).toEqual(expected.ref);
  },
);

test('SWM-60 manifests are computed one after the other, however many are asked for', async () => {
  let open = 0;
  let most = 0;
  async function* watched(pieces: AsyncIterable<Buffer>) {
    most = Math.max(most, ++open);
    yield* pieces;
    open--;
  }
  const blobs = [1, 2, 3].map((more) => bytesOf(CHUNK_BYTES + more));
  const ids = await Promise.all(blobs.map(put));
  const manifests = new Manifests({
    size: (blob) => store.size(blob),
    readManifest: async () => null,
    keepManifest: async () => {},
    read: (blob) => Readable.from(watched(store.read(blob))),
  });
  const made = await Promise.all(ids.map((id) => manifests.read(id)));
  expect(made).toEqual(blobs.map((bytes) => describeBlob(bytes).manifest));
  expect(most).toBe(1);
});

async function* oddPieces(pieces: AsyncIterable<Buffer>) {
  for await (const piece of pieces)
    for (let at = 0; at < piece.length; at += 99_991) yield piece.subarray(at, at + 99_991);
}

test('SWM-60 a manifest is computed once, kept over a restart, and made again where it is not whole', async () => {
  const bytes = bytesOf(2 * CHUNK_BYTES);
  const id = await put(bytes);
  const { ref } = describeBlob(bytes);
  expect(await new Manifests(store).refOf(id, false)).toBeNull();
  await new Manifests(store).refOf(id, true);
  store = await open();
  expect(await new Manifests(store).refOf(id, false)).toEqual(ref);
  const [name] = (await readdir(join(folder, id.slice(0, 2)))).filter((file) =>
    file.endsWith('.manifest'),
  );
  await writeFile(join(folder, id.slice(0, 2), name), 'MHM1');
  const again = await new Manifests(store).read(id);
  expect(decodeManifest(again as Uint8Array, ref)).toHaveLength(2);
});

test('SWM-60 a blob of one chunk is its own manifest, and what is not there has none', async () => {
  const id = await put(bytesOf(CHUNK_BYTES));
  const manifests = new Manifests(store);
  expect(await manifests.refOf(id, false)).toEqual({ id, bytes: CHUNK_BYTES, manifest: id });
  expect(await manifests.read(id)).toBeNull();
  expect(await manifests.refOf('ab'.repeat(32), true)).toBeNull();
  expect(await manifests.read('ab'.repeat(32))).toBeNull();
});

test('SWM-61 a job lists its blobs from 1 MiB on, the largest first', async () => {
  const [small, large, larger] = await Promise.all(
    [SWARM_MIN_BYTES - 1, SWARM_MIN_BYTES, SWARM_MIN_BYTES + 1].map((length) =>
      put(bytesOf(length)),
    ),
  );
  const spec = JobSpec.parse({
    name: 'Test',
    program: { kind: 'javascript', blob: small },
    inputs: { kind: 'files', files: [{ name: 'a', blob: large }] },
    files: [{ path: '/b', blob: larger }],
  });
  const job = { spec, index: null, programBytes: SWARM_MIN_BYTES - 1 };
  const manifests = new Manifests(store);
  expect(await jobBlobs(job, store, manifests, false)).toEqual([]);
  const refs = await jobBlobs(job, store, manifests, true);
  expect(refs.map(({ id }) => id)).toEqual([larger, large]);
});
