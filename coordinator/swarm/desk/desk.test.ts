import { beforeEach, expect, test } from 'vitest';
import { CHUNK_BYTES } from '../../../shared/blob/chunks.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { MAX_OUTPUT_BYTES } from '../../../shared/job/limits.ts';
import type { SwarmCoordinatorFrame, SwarmNodeFrame } from '../../../shared/protocol/frames.ts';
import { MAX_HELD } from '../../../shared/protocol/limits.ts';
import { MAX_TOLD_BYTES_PER_SECOND, MAX_TOLD_SECONDS, SWARM_FRAME_BURST } from '../limits.ts';
import { MAX_HELD_BY_NODE } from '../outputs/limits.ts';
import type { OutputKeeper } from '../ports.ts';
import { Tracker } from '../tracker/tracker.ts';
import { BELIEVED_AT_ONCE } from './accusers.ts';
import { DataMeter } from './data-meter.ts';
import { Desk } from './desk.ts';

const CHUNKS = 8;
const BLOB: BlobRef = {
  id: 'ab'.repeat(32),
  bytes: CHUNKS * CHUNK_BYTES,
  manifest: 'cd'.repeat(32),
};
const JOB = 'job';

let now: number;
let sent: Map<number, SwarmCoordinatorFrame[]>;
let dropped: string[];
let meter: DataMeter;
let relayStarts: () => Promise<string>;
let errors: unknown[];

beforeEach(() => {
  now = 1_000_000;
  sent = new Map();
  dropped = [];
  meter = new DataMeter();
  relayStarts = async () => 'r'.repeat(52);
  errors = [];
});

function newDesk(enabled = true): Desk {
  return new Desk({
    tracker: new Tracker({ seedBytesPerSecond: 0, random: () => 0.5 }),
    relay: { start: () => relayStarts(), drop: (peer) => dropped.push(peer) },
    meter,
    secret: new Uint8Array(32),
    iceServers: [{ urls: ['stun:stun.example.org:3478'] }],
    enabled,
    now: () => now,
    blobBytes: async (id) => (id === BLOB.id ? BLOB.bytes : null),
    onError: (thrown) => errors.push(thrown),
  });
}

/** A node that has joined and holds a lease of the job. */
function join(desk: Desk, number: number, leased = true): void {
  const frames: SwarmCoordinatorFrame[] = [];
  sent.set(number, frames);
  desk.joined({
    number,
    key: `key ${number}`,
    network: `network ${number}`,
    send: (frame) => frames.push(frame),
  });
  if (leased) desk.leased(number, JOB);
}

const peerOf = (number: number) => String.fromCharCode(97 + number).repeat(52);
const enterFrame = (number: number): SwarmNodeFrame => ({
  type: 'enter',
  peer: peerOf(number),
  reachable: true,
});
const holdFrame = (blob: BlobRef = BLOB, output = false): SwarmNodeFrame => ({
  type: 'hold',
  job: JOB,
  blobs: [{ blob, chunks: blob.bytes / CHUNK_BYTES, output }],
});
const seekFrame = (blob: BlobRef = BLOB, job = JOB): SwarmNodeFrame => ({
  type: 'seek',
  job,
  blob,
  missing: new Uint8Array(CHUNKS / 8).fill(0xff),
  peers: 8,
  grant: CHUNKS,
  starved: false,
});
const accuseFrame = (number: number): SwarmNodeFrame => ({
  type: 'accuse',
  job: JOB,
  peer: peerOf(number),
  blob: BLOB.id,
  chunk: 0,
});

/** The frames that the node was sent since the last look, once all that was begun is through. */
async function take(number: number): Promise<SwarmCoordinatorFrame[]> {
  await new Promise(setImmediate);
  return sent.get(number)?.splice(0) ?? [];
}

function codeOf(act: () => void): string {
  try {
    act();
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
  return 'none';
}

test('SWM-65 a node that enters is told of the relay and of the servers that help it through routers', async () => {
  const desk = newDesk();
  join(desk, 0);
  desk.receive(0, enterFrame(0));
  expect(await take(0)).toMatchObject([
    {
      type: 'entered',
      relay: { peer: 'r'.repeat(52), path: '/relay' },
      iceServers: [{ urls: ['stun:stun.example.org:3478'] }],
    },
  ]);
  expect(meter.members).toBe(1);
  desk.left(0);
  expect(meter.members).toBe(0);
  expect(dropped).toEqual([peerOf(0)]);
});

test('SWM-65 only peers of connected nodes may use the relay, and only towards whom they were introduced to', async () => {
  const desk = newDesk();
  for (const number of [0, 1, 2]) {
    join(desk, number);
    desk.receive(number, enterFrame(number));
  }
  desk.receive(0, holdFrame());
  desk.receive(1, seekFrame());
  await take(1);
  expect(desk.isKnown(peerOf(0))).toBe(true);
  expect(desk.isKnown('z'.repeat(52))).toBe(false);
  expect(desk.mayMeet(peerOf(1), peerOf(0))).toBe(true);
  expect(desk.mayMeet(peerOf(2), peerOf(0))).toBe(false);
  desk.left(0);
  expect(desk.isKnown(peerOf(0))).toBe(false);
});

test('SWM-136 peers that a node says it is linked with are not introduced to it; unknown ones do no harm', async () => {
  const desk = newDesk();
  for (const number of [0, 1, 2]) {
    join(desk, number);
    desk.receive(number, enterFrame(number));
  }
  for (const number of [0, 2]) desk.receive(number, holdFrame());
  desk.receive(1, { ...seekFrame(), linked: [peerOf(0), 'z'.repeat(52)] } as SwarmNodeFrame);
  const found = (await take(1)).find(({ type }) => type === 'found');
  expect(found).toMatchObject({ peers: [{ peer: peerOf(2) }] });
});

test('SWM-65 nobody takes the peer id of another connected node', () => {
  const desk = newDesk();
  for (const number of [0, 1]) join(desk, number);
  desk.receive(0, enterFrame(0));
  expect(codeOf(() => desk.receive(1, enterFrame(0)))).toBe('PEER_TAKEN');
});

test('SWM-65 a relay that does not start is reported, and tried again for the next node', async () => {
  const desk = newDesk();
  join(desk, 0);
  relayStarts = () => Promise.reject(new Error('no port'));
  desk.receive(0, enterFrame(0));
  expect(await take(0)).toEqual([]);
  expect(errors).toHaveLength(1);
  relayStarts = async () => 'r'.repeat(52);
  desk.receive(0, enterFrame(0));
  expect(await take(0)).toHaveLength(1);
});

test('SWM-67 where peers are turned off nobody enters, and chunks are granted all the same', async () => {
  const desk = newDesk(false);
  join(desk, 0);
  expect(codeOf(() => desk.receive(0, enterFrame(0)))).toBe('SWARM_OFF');
  desk.receive(0, seekFrame());
  expect(await take(0)).toMatchObject([{ type: 'found', grant: [{ first: 0, count: CHUNKS }] }]);
});

test('SWM-51 who has no lease of the job gets no answer about it, and what it holds is nobody’s', async () => {
  const desk = newDesk();
  join(desk, 0);
  join(desk, 1, false);
  for (const number of [0, 1]) desk.receive(number, enterFrame(number));
  expect(codeOf(() => desk.receive(1, seekFrame()))).toBe('SWARM_NO_PART');
  expect(codeOf(() => desk.receive(0, seekFrame(BLOB, 'other')))).toBe('SWARM_NO_PART');
  desk.receive(1, holdFrame());
  desk.receive(0, seekFrame());
  expect(await take(0)).toContainEqual(expect.objectContaining({ type: 'found', peers: [] }));
});

test('SWM-51 a lease is remembered when the node comes back', async () => {
  const desk = newDesk();
  join(desk, 0);
  desk.left(0);
  desk.joined({
    number: 7,
    key: 'key 0',
    network: null,
    send: (frame) => sent.get(0)?.push(frame),
  });
  desk.receive(7, seekFrame());
  expect(await take(0)).toMatchObject([{ type: 'found' }]);
});

test('SWM-68 a blob of another length than the coordinator has, or longer than any output, is refused', async () => {
  const desk = newDesk();
  join(desk, 0);
  desk.receive(0, seekFrame());
  await take(0);
  const wrong = { ...BLOB, bytes: BLOB.bytes + 1 };
  expect(codeOf(() => desk.receive(0, seekFrame(wrong)))).toBe('SWARM_BLOB_WRONG');
  const unknown = { ...BLOB, id: 'ef'.repeat(32), bytes: MAX_OUTPUT_BYTES + 1 };
  desk.receive(0, seekFrame(unknown));
  expect(await take(0)).toMatchObject([{ type: 'found', grant: [], peers: [], seeded: false }]);
  expect(codeOf(() => desk.receive(0, seekFrame(unknown)))).toBe('SWARM_BLOB_WRONG');
});

test('SWM-68 a node that asks too fast, or takes part in too much, is told so', () => {
  const desk = newDesk();
  join(desk, 0);
  const huge = (k: number) => ({
    id: k.toString(16).padStart(64, '0'),
    bytes: 2 ** 34,
    manifest: 'cd'.repeat(32),
  });
  const codes = Array.from({ length: SWARM_FRAME_BURST + 1 }, (_, k) =>
    codeOf(() => desk.receive(0, holdFrame(huge(k)))),
  );
  expect(codes[0]).toBe('none');
  expect(codes[100]).toBe('SWARM_TOO_MANY_BLOBS');
  expect(codes[SWARM_FRAME_BURST]).toBe('SWARM_TOO_FAST');
  now += 60_000;
  desk.receive(0, { type: 'unhold', blobs: [huge(0).id] });
  expect(codeOf(() => desk.receive(0, holdFrame(huge(999))))).toBe('none');
});

test('SWM-55 a peer that two nodes accuse loses the relay, and keeps its ban when it connects again', async () => {
  const desk = newDesk();
  for (const number of [0, 1, 2]) {
    join(desk, number);
    desk.receive(number, enterFrame(number));
  }
  desk.receive(0, holdFrame());
  for (const number of [1, 2]) {
    desk.receive(number, seekFrame());
    await take(number);
    desk.receive(number, accuseFrame(0));
  }
  expect(dropped).toEqual([peerOf(0)]);
  expect(desk.isKnown(peerOf(0))).toBe(false);
  expect(meter).toMatchObject({ accusations: 2, bans: 1 });
  desk.left(0);
  join(desk, 0);
  desk.receive(0, enterFrame(0));
  expect(desk.isKnown(peerOf(0))).toBe(false);
});

test('SWM-55 accusations of whom the node never met count for nothing', async () => {
  const desk = newDesk();
  for (const number of [0, 1]) {
    join(desk, number);
    desk.receive(number, enterFrame(number));
  }
  desk.receive(1, accuseFrame(0));
  desk.receive(1, accuseFrame(20));
  expect(meter.accusations).toBe(0);
});

test('SWM-85 two networks cannot have everybody banned whom they meet', async () => {
  const desk = newDesk();
  const crowd = Array.from({ length: 10 }, (_, i) => i);
  for (const number of [...crowd, 20, 21]) {
    join(desk, number);
    desk.receive(number, enterFrame(number));
    if (number < 20) desk.receive(number, holdFrame());
  }
  for (let round = 0; round < 3; round++) {
    for (const liar of [20, 21]) {
      desk.receive(liar, seekFrame());
      await take(liar);
      for (const number of crowd) desk.receive(liar, accuseFrame(number));
    }
    now += 21_000;
  }
  const banned = crowd.filter((number) => !desk.isKnown(peerOf(number)));
  expect(banned.length).toBeLessThanOrEqual(BELIEVED_AT_ONCE);
  expect(meter.accusations).toBeLessThanOrEqual(2 * BELIEVED_AT_ONCE);
});

test('SWM-85 a node that says it holds ever more outputs is told that this is too fast', () => {
  const desk = newDesk();
  join(desk, 0);
  const held: number[] = [];
  desk.tellOf({
    held: (_, __, blobs) => held.push(blobs.length),
    ask() {},
    unheld() {},
    parting() {},
    left() {},
  });
  const hold: SwarmNodeFrame = {
    type: 'hold',
    job: JOB,
    blobs: Array.from({ length: MAX_HELD }, (_, i) => ({
      blob: { id: i.toString(16).padStart(64, '0'), bytes: 1, manifest: 'cd'.repeat(32) },
      chunks: 1,
      output: true,
    })),
  };
  const most = MAX_HELD_BY_NODE / MAX_HELD;
  for (let i = 0; i < most; i++) desk.receive(0, hold);
  expect(codeOf(() => desk.receive(0, hold))).toBe('SWARM_TOO_FAST');
  expect(held).toHaveLength(most);
});

test('SWM-66 no node is believed to have moved more than a line can carry', () => {
  const desk = newDesk();
  join(desk, 0);
  const tell = (fromPeers: number) =>
    desk.receive(0, { type: 'traffic', fromPeers, toPeers: 0, fromCoordinator: 0 });
  tell(1_000);
  expect(meter.peerBytes).toBe(1_000);
  tell(Number.MAX_SAFE_INTEGER);
  expect(meter.peerBytes).toBe(MAX_TOLD_BYTES_PER_SECOND * MAX_TOLD_SECONDS);
  now += 1_000;
  tell(Number.MAX_SAFE_INTEGER);
  expect(meter.peerBytes).toBe(MAX_TOLD_BYTES_PER_SECOND * (MAX_TOLD_SECONDS + 1));
});

test('SWM-69 the keeper of outputs hears of them, and of partings, in order', () => {
  const desk = newDesk();
  const heard: string[] = [];
  const keeper: OutputKeeper = {
    held: (node, job, blobs) => heard.push(`${node.number} holds ${blobs.length} of ${job}`),
    ask: (blob) => heard.push(`${blob} is needed`),
    unheld: (node, blobs) => heard.push(`${node.number} drops ${blobs.length}`),
    parting: (node) => heard.push(`${node.number} parts`),
    left: (node) => heard.push(`${node.number} left`),
  };
  desk.tellOf(keeper);
  join(desk, 0);
  desk.receive(0, holdFrame(BLOB, true));
  desk.receive(0, holdFrame());
  desk.receive(0, { type: 'unhold', blobs: [BLOB.id] });
  desk.receive(0, { type: 'parting' });
  desk.left(0);
  expect(heard).toEqual(['0 holds 1 of job', '0 drops 1', '0 parts', '0 left']);
});

test('STG-24 an output that is not here is asked for when a node cannot have it from peers', async () => {
  const desk = newDesk();
  const asked: string[] = [];
  const ask = (blob: string) => asked.push(blob);
  desk.tellOf({ held() {}, unheld() {}, parting() {}, left() {}, ask });
  const output = { ...BLOB, id: 'ee'.repeat(32) };
  const seek = (starved: boolean, blob = output) =>
    ({ ...seekFrame(blob), starved }) as SwarmNodeFrame;
  for (const number of [0, 1]) join(desk, number);
  desk.receive(1, enterFrame(1));
  desk.receive(0, seek(false, BLOB));
  await take(0);
  desk.receive(1, seek(false));
  await take(1);
  expect(asked).toEqual([]);
  desk.receive(0, seek(false));
  await take(0);
  desk.receive(1, seek(true));
  await take(1);
  expect(asked).toEqual([output.id, output.id]);
});
