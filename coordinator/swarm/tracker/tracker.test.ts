import { expect, test } from 'vitest';
import { CHUNK_BYTES } from '../../../shared/blob/chunks.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import {
  ENTER_GRACE_MS,
  GRANT_MS,
  INTRODUCTION_BURST,
  SEED_BURST_SECONDS,
  SEED_LEAD_BYTES,
} from '../limits.ts';
import {
  all,
  BLOB,
  CHUNKS,
  chunksOf,
  newTracker,
  now,
  seekWith,
  withNodes,
} from './test-tracker.ts';

test('SWM-54 what a grantee that left had not spread is granted to another', () => {
  const tracker = newTracker();
  withNodes(tracker, 1, 2);
  const first = chunksOf(tracker.seek(1, seekWith([]), true, now).grant);
  expect(first).toEqual(all);
  expect(tracker.seek(2, seekWith([]), true, now).grant).toEqual([]);
  tracker.left(1);
  expect(chunksOf(tracker.seek(2, seekWith([]), true, now).grant)).toEqual(all);
});

test('SWM-54 a chunk whose grantee does not fetch it in time is granted to another', () => {
  const tracker = newTracker();
  withNodes(tracker, 1, 2);
  tracker.seek(1, seekWith([]), true, now);
  expect(tracker.seek(2, seekWith([]), true, now + GRANT_MS - 1).grant).toEqual([]);
  const { grant } = tracker.seek(2, seekWith([]), true, now + GRANT_MS);
  expect(chunksOf(grant).length).toBeGreaterThan(0);
});

test('SWM-54 what somebody in reach holds is not granted, and is again when the last holder leaves', () => {
  const tracker = newTracker();
  withNodes(tracker, 1, 2);
  tracker.hold(1, 'job', BLOB, CHUNKS);
  expect(tracker.seek(2, seekWith([]), true, now)).toMatchObject({ grant: [], peers: [1] });
  tracker.entered(1, false);
  expect(chunksOf(tracker.seek(2, seekWith([]), true, now).grant).length).toBeGreaterThan(0);
});

test('SWM-54 what is only with a node that served wrong bytes is granted to who accused it, once', () => {
  const tracker = newTracker();
  withNodes(tracker, 1, 2, 3);
  tracker.hold(1, 'job', BLOB, CHUNKS);
  for (const node of [2, 3]) {
    expect(tracker.seek(node, seekWith([], { peers: 8 }), true, now).peers).toContain(1);
    tracker.accuse(node, 1);
  }
  const granted = chunksOf(tracker.seek(2, seekWith([]), true, now).grant);
  expect(granted.length).toBeGreaterThan(0);
  const others = chunksOf(tracker.seek(3, seekWith([]), true, now).grant);
  expect(granted.filter((chunk) => others.includes(chunk))).toEqual([]);
});

test('SWM-54 many seekers at once are granted different chunks, a fair share each', () => {
  const tracker = newTracker();
  withNodes(tracker, 1, 2, 3, 4);
  for (const node of [1, 2, 3, 4]) tracker.seek(node, seekWith([], { grant: 0 }), true, now);
  const grants = [1, 2, 3, 4].map((node) =>
    chunksOf(tracker.seek(node, seekWith([]), true, now).grant),
  );
  expect(new Set(grants.flat()).size).toBe(grants.flat().length);
  for (const grant of grants) expect(grant.length).toBeLessThanOrEqual(CHUNKS / 4);
});

test('SWM-56 a starved node is granted what others hold; one that is not is not', () => {
  const tracker = newTracker();
  withNodes(tracker, 1, 2);
  tracker.hold(1, 'job', BLOB, CHUNKS);
  expect(tracker.seek(2, seekWith([]), true, now).grant).toEqual([]);
  const { grant } = tracker.seek(2, seekWith([], { starved: true }), true, now + 60_000);
  expect(chunksOf(grant).length).toBeGreaterThan(0);
});

test('SWM-56 a node that never gets a peer id is granted all that it asks for, and meets nobody', () => {
  const tracker = newTracker();
  withNodes(tracker, 1);
  tracker.hold(1, 'job', BLOB, CHUNKS);
  tracker.joined(2, null);
  expect(tracker.seek(2, seekWith([]), true, now)).toMatchObject({ peers: [], grant: [] });
  const later = tracker.seek(2, seekWith([]), true, now + ENTER_GRACE_MS);
  expect(chunksOf(later.grant)).toEqual(all);
  expect(later.peers).toEqual([]);
  tracker.joined(3, null);
  const httpOnly = seekWith([], { starved: true, peers: 0 });
  const chosen = tracker.seek(3, httpOnly, true, now);
  expect(chunksOf(chosen.grant)).toEqual(all);
});

test('SWM-53 what the coordinator has not is not granted, even to the starved', () => {
  const tracker = newTracker();
  withNodes(tracker, 1);
  expect(tracker.seek(1, seekWith([], { starved: true }), false, now).grant).toEqual([]);
});

test('SWM-52 peers come from as many networks as there are', () => {
  const tracker = newTracker();
  for (let node = 1; node <= 20; node++) {
    tracker.joined(node, node <= 16 ? 'crowded' : `network ${node}`);
    tracker.entered(node, true);
    tracker.hold(node, 'job', BLOB, CHUNKS);
  }
  tracker.joined(99, 'elsewhere');
  tracker.entered(99, true);
  const { peers } = tracker.seek(99, seekWith([], { peers: 8 }), true, now);
  expect(peers).toEqual(expect.arrayContaining([17, 18, 19, 20]));
  expect(peers).toHaveLength(8);
});

test('SWM-52 a node is not introduced more often than it can meet others', () => {
  const tracker = newTracker();
  withNodes(tracker, 0);
  tracker.hold(0, 'job', BLOB, CHUNKS);
  let introductions = 0;
  for (let node = 1; node <= 100; node++) {
    // They hold nothing, so that there is but one to meet.
    withNodes(tracker, node);
    introductions += tracker.seek(node, seekWith([], { grant: 0 }), true, now).peers.length;
  }
  expect(introductions).toBe(INTRODUCTION_BURST);
});

test('SWM-55 one accuser parts two nodes, two of distinct networks end all introductions', () => {
  const tracker = newTracker();
  withNodes(tracker, 0, 1, 2, 3);
  tracker.hold(0, 'job', BLOB, CHUNKS);
  expect(tracker.accuse(1, 0)).toBe('ignored');
  for (const node of [1, 2]) {
    expect(tracker.seek(node, seekWith([]), true, now).peers).toContain(0);
    expect(tracker.accuse(node, 0)).toBe(node === 1 ? 'noted' : 'banned');
    expect(tracker.seek(node, seekWith([]), true, now + 3_600_000).peers).not.toContain(0);
  }
  expect(tracker.isBanned(0)).toBe(true);
  expect(tracker.seek(3, seekWith([]), true, now).peers).not.toContain(0);
});

test('SWM-55 two accusers of one network count once', () => {
  const tracker = newTracker();
  withNodes(tracker, 0);
  tracker.hold(0, 'job', BLOB, CHUNKS);
  for (const node of [1, 2]) {
    tracker.joined(node, 'same');
    tracker.entered(node, true);
    tracker.seek(node, seekWith([]), true, now);
    expect(tracker.accuse(node, 0)).toBe('noted');
  }
});

test('SWM-57 no more is granted than the seeding rate, but for its burst', () => {
  const rate = 4 * CHUNK_BYTES;
  const tracker = newTracker(rate);
  const have = new Map<number, number[]>();
  for (let node = 0; node < 10; node++) {
    withNodes(tracker, node);
    have.set(node, []);
  }
  let granted = 0;
  for (let second = 0; second < 20; second++) {
    for (const [node, held] of have) {
      // Starved, so that there is always something to grant.
      const seek = seekWith(held, { starved: true });
      const { grant } = tracker.seek(node, seek, true, now + 1000 * second);
      granted += chunksOf(grant).length * CHUNK_BYTES;
      held.push(...chunksOf(grant));
    }
    expect(granted).toBeLessThanOrEqual(rate * (second + SEED_BURST_SECONDS));
  }
  expect(granted).toBeGreaterThan(rate * 10);
});

test('SWM-57 two blobs that wait get equal shares of the rate, however many seek the one', () => {
  const tracker = newTracker(8 * CHUNK_BYTES);
  const small: BlobRef = { ...BLOB, id: 'ef'.repeat(32) };
  const bytes = { crowded: 0, quiet: 0 };
  for (let node = 0; node < 21; node++) tracker.joined(node, null);
  for (let second = 0; second < 40; second++)
    for (let node = 0; node < 21; node++) {
      const quiet = node === 20;
      const seek = seekWith([], { starved: true, ...(quiet && { blob: small, job: 'other' }) });
      const { grant } = tracker.seek(node, seek, true, now + 1000 * second);
      bytes[quiet ? 'quiet' : 'crowded'] += chunksOf(grant).length * CHUNK_BYTES;
    }
  expect(Math.abs(bytes.crowded - bytes.quiet)).toBeLessThanOrEqual(2 * SEED_LEAD_BYTES);
  expect(bytes.quiet).toBeGreaterThan(100 * CHUNK_BYTES);
});

test('SWM-58 the more nodes seek, the longer each waits between seeks', () => {
  const small = newTracker();
  withNodes(small, 1);
  const large = newTracker();
  const wish = seekWith([], { grant: 0 });
  for (let node = 0; node < 20_000; node++) {
    large.joined(node, null);
    large.seek(node, wish, true, now);
  }
  withNodes(large, 20_000);
  expect(small.seek(1, wish, true, now).retryMs).toBeLessThanOrEqual(1_000);
  expect(large.seek(20_000, wish, true, now).retryMs).toBeGreaterThan(5_000);
});

test('SWM-64 holders of a whole blob are told, those within reach first', () => {
  const tracker = newTracker();
  withNodes(tracker, 1, 2, 3);
  tracker.entered(1, false);
  for (const node of [1, 2]) tracker.hold(node, 'job', BLOB, CHUNKS);
  tracker.hold(3, 'job', BLOB, CHUNKS - 1);
  expect(tracker.holders(BLOB.id)).toEqual([2, 1]);
  tracker.unhold(2, BLOB.id);
  tracker.left(1);
  expect(tracker.holders(BLOB.id)).toEqual([]);
});

test('SWM-64 nodes that name another length or manifest for a blob are a swarm of their own', () => {
  const tracker = newTracker();
  withNodes(tracker, 1, 2);
  tracker.hold(1, 'job', { ...BLOB, manifest: 'ff'.repeat(32) }, CHUNKS);
  expect(tracker.seek(2, seekWith([]), true, now).peers).toEqual([]);
});
