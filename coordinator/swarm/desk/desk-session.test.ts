import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { CHUNK_BYTES } from '../../../shared/blob/chunks.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { openIntroduction } from '../../../shared/identity/introduction.ts';
import { RELAY_PATH } from '../../../shared/protocol/limits.ts';
import { NODE_PATH } from '../../gateway/gateway.ts';
import { TestBed } from '../../gateway/test-bed.ts';
import type { TestNode } from '../../gateway/test-node.ts';

let bed: TestBed;
beforeEach(async () => {
  bed = await new TestBed().start();
});
afterEach(() => bed.destroy());

const CHUNKS = 8;
const BLOB: BlobRef = {
  id: createHash('sha256').update('blob').digest('hex'),
  bytes: CHUNKS * CHUNK_BYTES,
  manifest: createHash('sha256').update('manifest').digest('hex'),
};
const ALL = Uint8Array.of(0xff);
const peerId = (letter: string) => letter.repeat(52);

async function enter(node: TestNode, letter: string) {
  node.send({ type: 'enter', peer: peerId(letter), reachable: true });
  return node.next('entered');
}

function seek(node: TestNode, job: string, starved = false) {
  const numbers = { peers: 8, grant: CHUNKS, starved };
  node.send({ type: 'seek', job, blob: BLOB, missing: ALL, ...numbers });
  return node.next('found');
}

test('SWM-50 nodes of one job are granted each chunk once, and then introduced with tickets that hold', async () => {
  bed.blobs.set(BLOB.id, BLOB.bytes);
  const job = await bed.job();
  const [a, b] = [await bed.node(), await bed.node()];
  for (const node of [a, b]) await node.lease();
  const entered = await enter(a, 'a');
  await enter(b, 'b');
  expect(entered.relay.path).toBe(RELAY_PATH);

  expect(await seek(a, job.id)).toMatchObject({
    job: job.id,
    blob: BLOB.id,
    peers: [],
    grant: [{ first: 0, count: CHUNKS }],
    seeded: true,
  });
  const found = await seek(b, job.id);
  expect(found).toMatchObject({ grant: [], peers: [{ peer: peerId('a') }] });
  const introduction = await openIntroduction(found.peers[0].ticket, entered.key);
  expect(introduction).toMatchObject({ job: job.id, from: peerId('b'), to: peerId('a') });
  expect(introduction.until).toBeGreaterThan(Date.now());
});

test('SWM-51 a node without a lease of the job meets nobody', async () => {
  const job = await bed.job();
  const node = await bed.node();
  await enter(node, 'a');
  node.send({
    type: 'seek',
    job: job.id,
    blob: BLOB,
    missing: ALL,
    peers: 8,
    grant: 8,
    starved: false,
  });
  expect(await node.next('error')).toMatchObject({ code: 'SWARM_NO_PART' });
});

test('SWM-51 SWM-59 after a restart of the coordinator a node that resumes its lease is found again', async () => {
  const job = await bed.job();
  const [a, b] = [await bed.node(), await bed.node()];
  const leases = [await a.lease(), await b.lease()];
  await bed.stop();
  await bed.start();
  const [again, other] = await Promise.all(
    [a, b].map(async ({ keys }, k) => {
      const node = await bed.node({ keys });
      node.send({ type: 'resume', tickets: [leases[k].ticket] });
      return node;
    }),
  );
  await enter(again, 'a');
  await enter(other, 'b');
  again.send({ type: 'hold', job: job.id, blobs: [{ blob: BLOB, chunks: CHUNKS, output: false }] });
  await enter(again, 'a');
  expect(await seek(other, job.id)).toMatchObject({ peers: [{ peer: peerId('a') }] });
});

/** How the coordinator's port answers a WebSocket to the relay. */
function relayStatus(): Promise<number> {
  const socket = new WebSocket(bed.url.replace(NODE_PATH, RELAY_PATH));
  return new Promise((resolve) => {
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    socket.once('open', () => resolve(101));
    socket.once('error', () => {});
  }).finally(() => socket.terminate()) as Promise<number>;
}

test('SWM-65 the relay is on the coordinator’s own port once a node has entered', async () => {
  expect(await relayStatus()).toBe(503);
  await enter(await bed.node(), 'a');
  expect(await relayStatus()).toBe(101);
});

test('SWM-69 a node that parts is told that nothing keeps it where nobody keeps outputs', async () => {
  const node = await bed.node();
  node.send({ type: 'parting' });
  expect(await node.next('deposit')).toEqual({ type: 'deposit', blobs: [], last: true });
});

test('SWM-53 a blob that only nodes have is not granted', async () => {
  const job = await bed.job();
  const [a, b] = [await bed.node(), await bed.node()];
  for (const node of [a, b]) await node.lease();
  await enter(a, 'a');
  await enter(b, 'b');
  a.send({ type: 'hold', job: job.id, blobs: [{ blob: BLOB, chunks: CHUNKS, output: true }] });
  await enter(a, 'a');
  expect(await seek(b, job.id)).toMatchObject({
    grant: [],
    seeded: false,
    peers: [{ peer: peerId('a') }],
  });
});
