import { hash } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BlobInfo } from '../../shared/api/schemas.ts';
import { type ErrorAnswer, TestCoordinator } from './test-coordinator.ts';

const coordinator = new TestCoordinator(['--max-blob-bytes', '1MiB']);
beforeAll(() => coordinator.start());
afterAll(() => coordinator.destroy());

const HELLO = hash('sha256', 'hello', 'hex');

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as ErrorAnswer).error.code;
}

test('API-10 a blob is uploaded under its hash, and read whole, in parts and as a head', async () => {
  const put = await coordinator.fetch(`/v1/blobs/${HELLO}`, { method: 'PUT', body: 'hello' });
  expect(put.status).toBe(201);
  expect((await put.json()) as BlobInfo).toEqual({ id: HELLO, bytes: 5 });

  const whole = await fetch(`${coordinator.url}/v1/blobs/${HELLO}`);
  expect(whole.headers.get('cache-control')).toContain('immutable');
  expect(whole.headers.get('content-security-policy')).toContain('sandbox');
  expect(await whole.text()).toBe('hello');

  const part = await fetch(`${coordinator.url}/v1/blobs/${HELLO}`, {
    headers: { Range: 'bytes=1-3' },
  });
  expect(part.status).toBe(206);
  expect(part.headers.get('content-range')).toBe('bytes 1-3/5');
  expect(await part.text()).toBe('ell');

  const behind = await fetch(`${coordinator.url}/v1/blobs/${HELLO}`, {
    headers: { Range: 'bytes=5-' },
  });
  expect(behind.status).toBe(416);
  expect(behind.headers.get('content-range')).toBe('bytes */5');
  expect(await codeOf(behind)).toBe('RANGE_NOT_SATISFIABLE');

  const head = await fetch(`${coordinator.url}/v1/blobs/${HELLO}`, { method: 'HEAD' });
  expect(head.status).toBe(200);
  expect(head.headers.get('content-length')).toBe('5');

  const known = await fetch(`${coordinator.url}/v1/blobs/${HELLO}`, {
    headers: { 'If-None-Match': `"${HELLO}"` },
  });
  expect(known.status).toBe(304);
});

test('API-10 what was not uploaded, or has no such id, is not there', async () => {
  const missing = hash('sha256', 'missing', 'hex');
  const response = await fetch(`${coordinator.url}/v1/blobs/${missing}`);
  expect(response.status).toBe(404);
  expect(await codeOf(response)).toBe('BLOB_NOT_FOUND');
  expect((await fetch(`${coordinator.url}/v1/blobs/${missing}`, { method: 'HEAD' })).status).toBe(
    404,
  );
  const odd = await fetch(`${coordinator.url}/v1/blobs/..%2f..%2fetc`);
  expect(await codeOf(odd)).toBe('BLOB_ID_MALFORMED');
});

test('API-10 bytes under a wrong id are refused', async () => {
  const response = await coordinator.fetch(`/v1/blobs/${HELLO}`, { method: 'PUT', body: 'help' });
  expect(response.status).toBe(422);
  expect(await codeOf(response)).toBe('BLOB_MISMATCH');
});

test('API-12 uploading needs a token, and nothing of the body is read before', async () => {
  const response = await fetch(`${coordinator.url}/v1/blobs`, { method: 'POST', body: 'x' });
  expect(response.status).toBe(401);
});

/** Sends as a client that goes on whatever it is told, and returns the answer and what got through. */
function upload(headers: Record<string, string>, bytes: number) {
  return new Promise<{ status: number; code: string; sent: number }>((resolve, reject) => {
    const piece = Buffer.alloc(64 * 1024);
    let sent = 0;
    const outgoing = request(`${coordinator.url}/v1/blobs`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${coordinator.token}`, ...headers },
    });
    let answered = false;
    outgoing.on('response', async (response) => {
      answered = true;
      let text = '';
      for await (const part of response) text += part;
      const { error } = JSON.parse(text) as ErrorAnswer;
      resolve({ status: response.statusCode ?? 0, code: error.code, sent });
      outgoing.destroy();
    });
    outgoing.on('error', (error) => {
      if (!answered) reject(error);
    });
    const send = () => {
      while (!answered && sent < bytes) {
        sent += piece.length;
        if (!outgoing.write(piece)) {
          outgoing.once('drain', send);
          return;
        }
      }
    };
    send();
  });
}

const TWO_GIGABYTES = 2 * 1024 ** 3;

test('API-12 a 2 GB upload is refused by its announced length, before it is sent', async () => {
  const { status, code, sent } = await upload(
    { 'Content-Length': String(TWO_GIGABYTES) },
    TWO_GIGABYTES,
  );
  expect({ status, code }).toEqual({ status: 413, code: 'BLOB_TOO_LARGE' });
  expect(sent).toBeLessThan(64 * 1024 ** 2);
});

test('API-12 a 2 GB upload of unannounced length is refused where it passes the limit', async () => {
  const { status, code, sent } = await upload({ 'Transfer-Encoding': 'chunked' }, TWO_GIGABYTES);
  expect({ status, code }).toEqual({ status: 413, code: 'BLOB_TOO_LARGE' });
  expect(sent).toBeLessThan(64 * 1024 ** 2);
});

test('API-12 the coordinator goes on taking blobs after refused ones', async () => {
  expect(await coordinator.upload('hello')).toBe(HELLO);
});

test('API-13 a coordinator whose disk is nearly full refuses uploads and goes on serving', async () => {
  const full = await new TestCoordinator(['--min-free-bytes', String(2 ** 52)]).start();
  try {
    const response = await full.fetch('/v1/blobs', { method: 'POST', body: 'hello' });
    expect(response.status).toBe(507);
    expect(await codeOf(response)).toBe('DISK_FULL');
    expect((await full.get('/v1/jobs')).status).toBe(200);
  } finally {
    await full.destroy();
  }
});
