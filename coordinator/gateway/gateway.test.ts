import { once } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { generateNodeKeys } from '../../shared/identity/keys.ts';
import { MAX_FRAME_BYTES } from '../../shared/protocol/limits.ts';
import { CloseCode, FAULT_BURST, HANDSHAKE_BYTES } from './limits.ts';
import { TestBed } from './test-bed.ts';
import { TestNode } from './test-node.ts';

/** Only a failing test waits so long. */
const PATIENCE = { timeout: 20_000 };

let bed: TestBed;
beforeEach(async () => {
  bed = await new TestBed().start();
});
afterEach(() => bed.destroy());

test('GAT-10 a node of another version is told which side is too old, and let go', async () => {
  const old = await bed.stranger();
  old.send({ type: 'hello', versions: [0], node: old.keys.publicKey, agent: 'old' });
  expect(await old.next('error')).toMatchObject({ code: 'NODE_TOO_OLD' });
  expect((await old.end()).code).toBe(CloseCode.versionMismatch);

  const young = await bed.stranger();
  young.send({ type: 'hello', versions: [9, 8], node: young.keys.publicKey, agent: 'young' });
  expect(await young.next('error')).toMatchObject({ code: 'COORDINATOR_TOO_OLD' });
  expect((await young.end()).code).toBe(CloseCode.versionMismatch);

  const both = await bed.stranger();
  expect(await both.hello([9, 2])).toMatchObject({ version: 2 });
});

test('GAT-11 who cannot sign the challenge with its key does not join', async () => {
  const node = await bed.stranger();
  const { challenge } = await node.hello();
  await node.prove(challenge, await generateNodeKeys());
  expect(await node.next('error')).toMatchObject({ code: 'KEY_NOT_PROVEN' });
  expect((await node.end()).code).toBe(CloseCode.notProven);
  expect(bed.dispatcher.network().nodes).toBe(0);
});

test('GAT-11 a signature for one connection does not open another', async () => {
  const first = await bed.stranger();
  const { challenge } = await first.hello();
  const second = await bed.stranger();
  await second.hello();
  await second.prove(challenge, second.keys);
  expect(await second.next('error')).toMatchObject({ code: 'KEY_NOT_PROVEN' });
});

test('GAT-12 frames that are broken, unknown or out of place are answered and close nothing', async () => {
  const node = await bed.stranger();
  node.sendBytes(new Uint8Array([0xff, 0x00]));
  expect(await node.next('error')).toMatchObject({ code: 'FRAME_MALFORMED' });
  node.sendBytes(Uint8Array.of(0xa1, 0x64, 0x74, 0x79, 0x70, 0x65, 0x61, 0x78));
  expect(await node.next('error')).toMatchObject({ code: 'FRAME_INVALID' });
  node.send({ type: 'want', threads: 1, milliseconds: 1 });
  expect(await node.next('error')).toMatchObject({ code: 'FRAME_OUT_OF_PLACE' });
  expect(await node.join()).toMatchObject({ agreed: 0, rejected: 0 });
  node.send({ type: 'hello', versions: [2], node: node.keys.publicKey, agent: '' });
  expect(await node.next('error')).toMatchObject({ code: 'FRAME_OUT_OF_PLACE' });
  node.sendBytes(new Uint8Array(MAX_FRAME_BYTES + 1));
  expect(await node.next('error')).toMatchObject({ code: 'FRAME_TOO_LARGE' });
  expect(node.closed).toBeNull();
});

test('GAT-13 a frame far beyond the limit ends the connection before it is read', async () => {
  const node = await bed.node();
  node.sendBytes(new Uint8Array(2 * MAX_FRAME_BYTES + 1));
  expect((await node.end()).code).toBe(1009);
});

test('GAT-13 who has not proven a key can send next to nothing', async () => {
  const node = await bed.stranger();
  node.sendBytes(new Uint8Array(HANDSHAKE_BYTES + 1));
  await node.end();
});

test('GAT-14 faults are counted, and too many of them end the connection', async () => {
  const node = await bed.node();
  for (let i = 0; i <= FAULT_BURST; i++) node.sendBytes(Uint8Array.of(0xff));
  expect((await node.end()).code).toBe(CloseCode.tooManyFaults);
  expect(node.pending('error').pop()).toMatchObject({ code: 'TOO_MANY_FAULTS' });
  expect(bed.dispatcher.counters().faults).toBe(FAULT_BURST + 1);
});

test('GAT-15 a newer connection of a node replaces the older, which is told why', async () => {
  const older = await bed.node();
  const newer = await bed.node({ keys: older.keys });
  expect(await older.next('error')).toMatchObject({ code: 'NODE_REPLACED' });
  expect((await older.end()).code).toBe(CloseCode.replaced);
  expect(bed.dispatcher.network()).toMatchObject({ nodes: 1, threads: 4 });
  expect(newer.closed).toBeNull();
});

test('GAT-16 a node that leaves is gone at once', async () => {
  const node = await bed.node();
  expect(bed.dispatcher.nodes()).toMatchObject([{ threads: 4, agent: 'test' }]);
  node.send({ type: 'leave' });
  expect((await node.end()).code).toBe(CloseCode.left);
  expect(bed.dispatcher.nodes()).toEqual([]);
});

test('GAT-17 an orderly end says goodbye and when to come back', async () => {
  const node = await bed.node();
  bed.gateway.close();
  expect((await node.next('bye')).retryAfterMs).toBeGreaterThan(0);
  expect((await node.end()).code).toBe(CloseCode.goingAway);
});

test('GAT-18 nodes of one address are limited', async () => {
  const small = await new TestBed({ maxNodesPerAddress: 2, testNetworks: [] }).start();
  const first = await small.node();
  await small.node();
  await expect(small.stranger()).rejects.toThrow(/429/);
  first.close();
  await expect.poll(() => small.gateway.connections, PATIENCE).toBe(1);
  await small.node();
  await small.destroy();
});

test('GAT-18 sockets to the relay are limited for each address, and make room when they end', async () => {
  const small = await new TestBed({ maxNodesPerAddress: 2, testNetworks: [] }).start();
  await small.swarm.relay.start();
  const relay = small.url.replace('/node', '/relay');
  const open = async () => {
    const socket = new WebSocket(relay);
    await once(socket, 'open');
    return socket;
  };
  const sockets = [await open(), await open(), await open(), await open()];
  await expect(open()).rejects.toThrow(/429/);
  sockets[0].terminate();
  await vi.waitFor(open, PATIENCE);
  // Nodes have places of their own.
  await small.node();
  for (const socket of sockets) socket.terminate();
  await small.destroy();
});

test('GAT-43 an upgrade for another place is refused', async () => {
  const elsewhere = bed.url.replace('/node', '/elsewhere');
  await expect(TestNode.connect(elsewhere, {})).rejects.toThrow(/404/);
});
