import { hash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { utf8 } from '../../shared/bytes.ts';
import { type BlobFiles, BlobStore } from './blob-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manyhands-blobs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (files?: BlobFiles, maxUploads = 2) =>
  BlobStore.open({ folder, maxBlobBytes: 100, minFreeBytes: 10, maxUploads, files });

async function* parts(...texts: string[]) {
  for (const text of texts) yield utf8(text);
}

const HELLO = hash('sha256', 'hello', 'hex');

test('API-10 a blob is named by the SHA-256 of its bytes and is there after a restart', async () => {
  const store = await open();
  expect(await store.receive(parts('hel', 'lo'))).toEqual({ id: HELLO, bytes: 5 });
  const reopened = await open();
  expect(await reopened.size(HELLO)).toBe(5);
  expect(String(await buffer(reopened.read(HELLO)))).toBe('hello');
  expect(String(await buffer(reopened.read(HELLO, { first: 1, last: 3 })))).toBe('ell');
  expect(await reopened.size(hash('sha256', 'other', 'hex'))).toBeNull();
});

test('API-10 bytes that are not those of the announced id are refused and leave nothing behind', async () => {
  const store = await open();
  await expect(store.receive(parts('help'), { expected: HELLO })).rejects.toMatchObject({
    code: 'BLOB_MISMATCH',
  });
  expect(await store.size(HELLO)).toBeNull();
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
});

test('API-12 a blob above the limit is refused by its announced length, or as soon as it is reached', async () => {
  const store = await open();
  let read = 0;
  async function* endless() {
    for (;;) {
      read += 40;
      yield new Uint8Array(40);
    }
  }
  await expect(store.receive(endless(), { declaredBytes: 101 })).rejects.toMatchObject({
    code: 'BLOB_TOO_LARGE',
  });
  expect(read).toBe(0);
  await expect(store.receive(endless())).rejects.toMatchObject({ code: 'BLOB_TOO_LARGE' });
  expect(read).toBe(120);
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
});

test('API-13 a full disk refuses the upload with a code, keeps what was there, and takes it again later', async () => {
  let full = false;
  let free = 1000;
  const store = await open({
    create: async () => ({
      write: async () => {
        if (full) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      },
      sync: async () => {},
      close: async () => {},
    }),
    freeBytes: async () => free,
  });
  full = true;
  await expect(store.receive(parts('hello'))).rejects.toMatchObject({ code: 'DISK_FULL' });
  full = false;
  free = 14;
  await expect(store.receive(parts('hello'), { declaredBytes: 5 })).rejects.toMatchObject({
    code: 'DISK_FULL',
  });
  const roomy = await open();
  await expect(roomy.receive(parts('hello'))).resolves.toMatchObject({ id: HELLO });
});

test('API-13 more uploads at once than the limit are told to come again', async () => {
  const store = await open(undefined, 1);
  const gate = Promise.withResolvers<void>();
  async function* slow() {
    await gate.promise;
    yield utf8('hello');
  }
  const first = store.receive(slow());
  await expect(store.receive(parts('x'))).rejects.toMatchObject({ code: 'UPLOADS_BUSY' });
  gate.resolve();
  await first;
  await expect(store.receive(parts('x'))).resolves.toMatchObject({ bytes: 1 });
});

test('API-10 an upload that breaks off leaves nothing behind', async () => {
  const store = await open();
  async function* broken() {
    yield utf8('hel');
    throw new Error('connection lost');
  }
  await expect(store.receive(broken())).rejects.toThrow('connection lost');
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
});
