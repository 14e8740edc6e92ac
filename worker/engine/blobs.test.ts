import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BlobSource } from './blobs.ts';

const bytes = new TextEncoder().encode('a program');
const id = createHash('sha256').update(bytes).digest('hex');

let server: Server;
let answers: { status: number; body: Uint8Array }[];
let asked: (string | undefined)[];
let blobs: BlobSource;

beforeEach(async () => {
  answers = [];
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.headers.range);
    const { status, body } = answers.shift() ?? { status: 200, body: bytes };
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  blobs = new BlobSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterEach(() => {
  blobs.stop();
  server.close();
});

test('ENG-41 a blob that is not what its name says is refused', async () => {
  answers = [{ status: 200, body: new TextEncoder().encode('another program') }];
  await expect(blobs.whole(id)).rejects.toMatchObject({ code: 'BLOB_MISMATCH' });
});

test('ENG-41 a blob is fetched once', async () => {
  expect(await blobs.whole(id)).toEqual(bytes);
  expect(await blobs.whole(id)).toEqual(bytes);
  expect(await blobs.part(id, 2, 9)).toEqual(bytes.slice(2, 9));
  expect(asked).toHaveLength(1);
});

test('ENG-41 a server that is busy is asked again, one that has no such blob is not', async () => {
  answers = [{ status: 503, body: new Uint8Array(0) }];
  expect(await blobs.whole(id)).toEqual(bytes);
  expect(asked).toHaveLength(2);
  answers = [{ status: 404, body: new Uint8Array(0) }];
  await expect(blobs.whole('0'.repeat(64))).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  expect(asked).toHaveLength(3);
});

test('ENG-41 a part that is not the part asked for is refused', async () => {
  answers = [{ status: 206, body: bytes.slice(0, 3) }];
  expect(await blobs.part(id, 0, 3)).toEqual(bytes.slice(0, 3));
  expect(asked).toEqual(['bytes=0-2']);
  answers = [{ status: 200, body: bytes }];
  await expect(blobs.part(id, 0, 3)).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
});
