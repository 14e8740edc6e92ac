import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CHUNK_BYTES } from '../../shared/blob/chunks.ts';
import { describeBlob } from '../../shared/blob/manifest.ts';
import { MemoryCache, MemoryStore } from './cache/memory-cache.ts';
import { StoredCache } from './cache/stored-cache.ts';
import type { Links } from './links/links.ts';
import { decodePeerFrame, encodePeerFrame } from './peers/peer-codec.ts';
import { DEFAULT_DATA_SETTINGS } from './swarm-view.ts';
import { randomBytes, TestCrowd } from './test-crowd.ts';

const MIB = 1024 * 1024;
const BYTES = randomBytes(2 * MIB + 17);

let crowd: TestCrowd;

beforeEach(async () => {
  crowd = await TestCrowd.make();
});

afterEach(async () => {
  await crowd.stop();
});

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

test('SWM-70 nodes fetch a blob from each other; the coordinator sends it about once', async () => {
  const ref = crowd.seed(BYTES);
  const nodes = [1, 2, 3].map(() => crowd.worker([ref]));
  const got = await Promise.all(nodes.map(({ swarm }) => swarm.whole(ref.id)));
  for (const whole of got) expect(same(whole, BYTES)).toBe(true);
  expect(crowd.sent.get(ref.id)).toBeLessThan(1.5 * BYTES.length);
  const sent = nodes.reduce((sum, { swarm }) => sum + swarm.view().toPeers, 0);
  expect(sent).toBeGreaterThan(BYTES.length);
});

test('SWM-70 a part of a blob fetches the chunks that it is in, and no others', async () => {
  const ref = crowd.seed(BYTES);
  const { swarm } = crowd.worker([ref]);
  const part = await swarm.part(ref.id, CHUNK_BYTES - 5, CHUNK_BYTES + 5);
  expect(same(part, BYTES.subarray(CHUNK_BYTES - 5, CHUNK_BYTES + 5))).toBe(true);
  expect(crowd.sent.get(ref.id)).toBe(2 * CHUNK_BYTES);
});

test('SWM-71 what is here is here at the next visit, without a download', async () => {
  const ref = crowd.seed(BYTES);
  const small = crowd.seed(randomBytes(1000, 7));
  const store = new MemoryStore();
  const cache = () => new StoredCache(store, { quotaBytes: 2 ** 30, now: () => 1 });
  const first = crowd.worker([ref], { cache: cache() });
  await first.swarm.whole(ref.id);
  await first.swarm.whole(small.id);
  await vi.waitFor(() => expect(first.swarm.view().cache.blobs).toBe(2));
  await first.swarm.stop();
  crowd.blobs.clear();
  const second = crowd.worker([ref], { cache: cache() });
  expect(same(await second.swarm.whole(ref.id), BYTES)).toBe(true);
  expect((await second.swarm.whole(small.id)).length).toBe(1000);
});

test('SWM-72 without peers all comes from the coordinator, and nothing goes out', async () => {
  const ref = crowd.seed(BYTES);
  const chosen = crowd.worker([ref], { data: { ...DEFAULT_DATA_SETTINGS, peers: false } });
  const bare = crowd.worker([ref], { createLinks: null });
  const frugal = crowd.worker([ref], { saveData: true });
  for (const { swarm } of [chosen, bare, frugal])
    expect(same(await swarm.whole(ref.id), BYTES)).toBe(true);
  expect([chosen, bare, frugal].map(({ swarm }) => swarm.view().withoutPeers)).toEqual([
    'chosen',
    'no-webrtc',
    'save-data',
  ]);
  for (const member of crowd.members) expect(crowd.of(member, 'enter')).toEqual([]);
});

test('SWM-73 a liar is let go and accused, and every byte is right all the same', async () => {
  const bytes = randomBytes(8 * MIB, 5);
  const ref = crowd.seed(bytes);
  const lying = (links: Links): Links => ({
    open: () => links.open(),
    meet: (rendezvous) => links.meet(rendezvous),
    dial: (peer) => links.dial(peer),
    hangUp: (peer) => links.hangUp(peer),
    close: () => links.close(),
    send: (peer, message) => {
      const frame = decodePeerFrame(message);
      if (frame.type === 'chunk' && frame.bytes.length === CHUNK_BYTES) frame.bytes[7] ^= 1;
      return links.send(peer, encodePeerFrame(frame));
    },
  });
  const liar = crowd.worker([ref], {}, lying);
  await liar.swarm.whole(ref.id);
  crowd.granted.clear();
  await vi.waitFor(() => expect(liar.peer).not.toBeNull());
  const node = crowd.worker([ref]);
  expect(same(await node.swarm.whole(ref.id), bytes)).toBe(true);
  // A second chunk may have been under way.
  const [accusation] = crowd.of(node, 'accuse');
  expect(accusation).toMatchObject({ job: 'job', blob: ref.id, peer: liar.peer });
  expect(node.swarm.view().peers).toEqual([]);
});

test.each([
  ['forged', () => crowd.forge()],
  [
    'too old',
    async () => {
      crowd.ticketMs = -60_000;
    },
  ],
  [
    'for another job',
    async () => {
      crowd.ticketJob = 'another';
    },
  ],
])('SWM-74 a ticket that is %s opens nothing', async (_what, spoil) => {
  const ref = crowd.seed(BYTES);
  const holder = crowd.worker([ref]);
  await holder.swarm.whole(ref.id);
  await spoil();
  crowd.granted.clear();
  const node = crowd.worker([ref]);
  expect(same(await node.swarm.whole(ref.id), BYTES)).toBe(true);
  expect(holder.swarm.view()).toMatchObject({ toPeers: 0, peers: [] });
});

test('SWM-74 who asks before showing a ticket is let go', async () => {
  const ref = crowd.seed(BYTES);
  const holder = crowd.worker([ref]);
  await holder.swarm.whole(ref.id);
  await vi.waitFor(() => expect(holder.peer).not.toBeNull());
  const heard: string[] = [];
  const stranger = crowd.network.links({
    onOpen: (peer) => {
      const get = { type: 'get', request: 1, job: 'job', blob: ref.id, chunk: 0 } as const;
      void stranger.send(peer, encodePeerFrame(get));
    },
    onMessage: (_peer, message) => heard.push(decodePeerFrame(message).type),
    onClosed: () => heard.push('closed'),
    onReachable: () => {},
  });
  stranger.meet({ url: '', peer: '', iceServers: [] });
  stranger.dial(holder.peer as string);
  await vi.waitFor(() => expect(heard).toEqual(['closed']));
});

test('SWM-75 at the cap nothing more is downloaded, and the shard hears why', async () => {
  const ref = crowd.seed(randomBytes(8 * MIB));
  const other = crowd.seed(randomBytes(2 * MIB, 9));
  const data = { ...DEFAULT_DATA_SETTINGS, capMiB: 2 };
  const { swarm } = crowd.worker([ref, other], { data });
  await expect(swarm.whole(ref.id)).rejects.toMatchObject({ code: 'DATA_CAP' });
  const sent = crowd.sent.get(ref.id) ?? 0;
  expect(sent).toBeLessThan(5 * MIB);
  expect(swarm.view()).toMatchObject({ withoutPeers: 'data-cap', day: { capBytes: 2 * MIB } });
  await expect(swarm.whole(other.id)).rejects.toMatchObject({ code: 'DATA_CAP' });
  expect(crowd.sent.get(other.id)).toBeUndefined();
  swarm.setData(DEFAULT_DATA_SETTINGS);
  expect((await swarm.whole(other.id)).length).toBe(other.bytes);
});

test('SWM-75 the day counts on after a reload, and the next day begins anew', async () => {
  let kept = { date: 'today', bytes: 3 * MIB };
  let date = 'today';
  const ref = crowd.seed(BYTES);
  const dayStorage = {
    loadDay: async () => kept,
    saveDay: async (day: typeof kept) => {
      kept = day;
    },
  };
  const data = { ...DEFAULT_DATA_SETTINGS, capMiB: 3 };
  const { swarm } = crowd.worker([ref], { dayStorage, data, today: () => date });
  await vi.waitFor(() => expect(swarm.view().withoutPeers).toBe('data-cap'));
  await expect(swarm.whole(ref.id)).rejects.toMatchObject({ code: 'DATA_CAP' });
  date = 'tomorrow';
  crowd.granted.clear();
  expect(same(await swarm.whole(ref.id), BYTES)).toBe(true);
  await swarm.stop();
  expect(kept.date).toBe('tomorrow');
});

test('SWM-76 while nothing may run nothing moves; then it goes on', async () => {
  const ref = crowd.seed(BYTES);
  const { swarm } = crowd.worker([ref]);
  swarm.setQuiet(true);
  const whole = swarm.whole(ref.id);
  const waits = await Promise.race([whole, new Promise((end) => setTimeout(end, 100, 'waits'))]);
  expect(waits).toBe('waits');
  expect(crowd.sent.get(ref.id)).toBeUndefined();
  expect(swarm.view().downloads).toMatchObject([{ blob: ref.id, bytes: BYTES.length }]);
  swarm.setQuiet(false);
  expect(same(await whole, BYTES)).toBe(true);
});

test('SWM-76 a node that is paused sends peers nothing', async () => {
  const ref = crowd.seed(BYTES);
  const holder = crowd.worker([ref]);
  await holder.swarm.whole(ref.id);
  holder.swarm.setQuiet(true);
  crowd.granted.clear();
  const node = crowd.worker([ref]);
  expect(same(await node.swarm.whole(ref.id), BYTES)).toBe(true);
  expect(holder.swarm.view().toPeers).toBe(0);
});

test('SWM-77 an output is held, served to peers, and free to go once it is released', async () => {
  const bytes = randomBytes(MIB, 3);
  const maker = crowd.worker([]);
  const ref = await maker.swarm.keepOutput('job', bytes);
  expect(ref).toEqual(describeBlob(bytes).ref);
  expect(crowd.of(maker, 'hold')).toMatchObject([
    { job: 'job', blobs: [{ blob: ref, chunks: 4, output: true }] },
  ]);
  expect(maker.swarm.view().cache.neededBytes).toBe(MIB);
  await vi.waitFor(() => expect(maker.peer).not.toBeNull());
  maker.receive({ type: 'decided', blobs: [ref.id] });
  const taker = crowd.worker([]);
  expect(same(await taker.swarm.referred('job', ref), bytes)).toBe(true);
  maker.receive({ type: 'release', blobs: [ref.id] });
  await vi.waitFor(() => expect(maker.swarm.view().cache.neededBytes).toBe(0));
});

test('SWM-77 nobody has an output before a verdict refers to it', async () => {
  const shared = crowd.seed(BYTES);
  const maker = crowd.worker([shared]);
  await maker.swarm.whole(shared.id);
  const bytes = randomBytes(MIB, 3);
  const ref = await maker.swarm.keepOutput('job', bytes);
  const sent = maker.swarm.view().toPeers;
  crowd.granted.clear();
  const taker = crowd.worker([shared]);
  const coming = taker.swarm.referred('job', ref);
  const early = vi.fn();
  void coming.then(early);
  await taker.swarm.whole(shared.id);
  await vi.waitFor(() => expect(taker.swarm.view().peers).toHaveLength(1));
  expect(early).not.toHaveBeenCalled();
  expect(maker.swarm.view().toPeers - sent).toBeLessThanOrEqual(BYTES.length);
  maker.receive({ type: 'decided', blobs: [ref.id] });
  expect(same(await coming, bytes)).toBe(true);
});

test('SWM-77 what a peer told of its outputs counts when they are asked for later', async () => {
  const maker = crowd.worker([]);
  const [first, second] = [randomBytes(MIB, 3), randomBytes(1000, 4)];
  const refs = [
    await maker.swarm.keepOutput('job', first),
    await maker.swarm.keepOutput('job', second),
  ];
  await vi.waitFor(() => expect(maker.peer).not.toBeNull());
  maker.receive({ type: 'decided', blobs: refs.map(({ id }) => id) });
  const taker = crowd.worker([]);
  expect(same(await taker.swarm.referred('job', refs[0]), first)).toBe(true);
  crowd.introduces = false;
  expect(same(await taker.swarm.referred('job', refs[1]), second)).toBe(true);
});

test('SWM-78 an output is handed over when the coordinator asks, also over a reload', async () => {
  const bytes = randomBytes(MIB, 3);
  const store = new MemoryStore();
  const cache = () => new StoredCache(store, { quotaBytes: 2 ** 30, now: () => 1 });
  const first = crowd.join({ cache: cache() });
  const ref = await first.swarm.keepOutput('job', bytes);
  await first.swarm.stop();
  const outputs: boolean[] = [];
  const second = crowd.join({ cache: cache(), onOutputs: (any) => outputs.push(any) });
  await vi.waitFor(() =>
    expect(crowd.of(second, 'hold')).toMatchObject([{ job: 'job', blobs: [{ output: true }] }]),
  );
  expect(outputs).toEqual([true]);
  second.receive({
    type: 'deposit',
    blobs: [{ blob: ref.id, ticket: Uint8Array.of(1, 2) }],
    last: false,
  });
  await vi.waitFor(() => expect(crowd.deposits.has(ref.id)).toBe(true));
  expect(same(crowd.deposits.get(ref.id) as Uint8Array, bytes)).toBe(true);
  await second.swarm.parting();
  expect(crowd.of(second, 'parting')).toHaveLength(1);
});

test('SWM-78 an output that there is no room for is not claimed to be kept', async () => {
  const { swarm } = crowd.join({ cache: new MemoryCache({ quotaBytes: MIB / 2, now: () => 1 }) });
  await expect(swarm.keepOutput('job', randomBytes(MIB))).rejects.toMatchObject({
    code: 'OUTPUT_NOT_KEPT',
  });
});

test('SWM-79 a blob larger than the cache is fetched all the same', async () => {
  const ref = crowd.seed(BYTES);
  const { swarm } = crowd.worker([ref], {
    cache: new MemoryCache({ quotaBytes: CHUNK_BYTES, now: () => 1 }),
  });
  expect(same(await swarm.whole(ref.id), BYTES)).toBe(true);
});

test('SWM-80 a coordinator that does not answer about peers still serves by HTTP', async () => {
  const ref = crowd.seed(BYTES);
  const { swarm } = crowd.worker([ref], { send: () => false, createLinks: null });
  expect(same(await swarm.whole(ref.id), BYTES)).toBe(true);
});

test('SWM-80 a blob that is not what its name says is refused', async () => {
  const ref = crowd.seed(BYTES);
  const { swarm } = crowd.worker([]);
  crowd.blobs.set(ref.id, randomBytes(100));
  await expect(swarm.whole(ref.id)).rejects.toMatchObject({ code: 'BLOB_MISMATCH' });
});

test('SWM-80 a blob that the coordinator does not have is a failed download', async () => {
  const { swarm } = crowd.worker([]);
  await expect(swarm.whole('0'.repeat(64))).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
});
