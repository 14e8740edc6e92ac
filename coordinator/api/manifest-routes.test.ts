import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NetworkStatus } from '../../shared/api/schemas.ts';
import { CHUNK_BYTES } from '../../shared/blob/chunks.ts';
import { decodeManifest, describeBlob } from '../../shared/blob/manifest.ts';
import { SWARM_MIN_BYTES } from '../swarm/limits.ts';
import { type ErrorAnswer, TestCoordinator } from './test-coordinator.ts';

const coordinator = new TestCoordinator();
beforeAll(() => coordinator.start());
afterAll(() => coordinator.destroy());

const LARGE = Uint8Array.from(
  { length: SWARM_MIN_BYTES + 5 },
  (_, i) => (i * 31 + (i >> 10)) & 0xff,
);
const { ref } = describeBlob(LARGE);

test('SWM-60 the manifest of an uploaded blob verifies it, and may be kept for ever', async () => {
  const id = await coordinator.upload(LARGE);
  const url = `${coordinator.url}/v1/blobs/${id}/manifest`;
  const response = await fetch(url);
  expect(response.status).toBe(200);
  const manifest = new Uint8Array(await response.arrayBuffer());
  expect(decodeManifest(manifest, ref)).toHaveLength(5);
  expect(response.headers.get('cache-control')).toContain('immutable');
  expect(response.headers.get('etag')).toBe(`"${ref.manifest}"`);
  const again = await fetch(url, { headers: { 'If-None-Match': `"${ref.manifest}"` } });
  expect(again.status).toBe(304);
  const head = await fetch(url, { method: 'HEAD' });
  expect(head.headers.get('content-length')).toBe(String(manifest.length));
});

test('SWM-60 what is not here, and what is one chunk, has no manifest', async () => {
  const small = await coordinator.upload(new Uint8Array(CHUNK_BYTES));
  for (const id of [small, 'ab'.repeat(32)]) {
    const response = await fetch(`${coordinator.url}/v1/blobs/${id}/manifest`);
    expect(response.status).toBe(404);
    expect(((await response.json()) as ErrorAnswer).error.code).toBe('MANIFEST_NOT_FOUND');
  }
});

test('SWM-61 a job tells its nodes which blobs are worth peers', async () => {
  const blob = await coordinator.upload(LARGE);
  const node = await coordinator.node();
  await coordinator.job({ files: [{ path: '/data', blob }] });
  node.send({ type: 'want', threads: 4, milliseconds: 60_000 });
  const { job } = await node.next('job');
  expect(job.blobs).toEqual([ref]);
});

test('SWM-62 a shared cache may answer for the coordinator: no answer depends on who asks', async () => {
  const id = await coordinator.upload(LARGE);
  for (const path of [`/v1/blobs/${id}`, `/v1/blobs/${id}/manifest`]) {
    const [plain, foreign] = await Promise.all([
      fetch(coordinator.url + path),
      fetch(coordinator.url + path, { headers: { Origin: 'https://elsewhere.example' } }),
    ]);
    await Promise.all([plain.arrayBuffer(), foreign.arrayBuffer()]);
    for (const response of [plain, foreign]) {
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('vary')).toBeNull();
      expect(response.headers.get('cache-control')).toContain('public');
    }
  }
});

test('SWM-66 the status counts what the coordinator sent', async () => {
  const id = await coordinator.upload(LARGE);
  const sent = async () =>
    (await coordinator.get<NetworkStatus>('/v1/status')).body.data.coordinatorBytes;
  const before = await sent();
  const part = await fetch(`${coordinator.url}/v1/blobs/${id}`, {
    headers: { Range: `bytes=${CHUNK_BYTES}-${2 * CHUNK_BYTES - 1}` },
  });
  expect((await part.arrayBuffer()).byteLength).toBe(CHUNK_BYTES);
  expect((await sent()) - before).toBe(CHUNK_BYTES);
});
