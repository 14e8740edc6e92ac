import { expect, test } from 'vitest';
import {
  HARD_MISSES,
  INTRODUCTION_BURST,
  MAX_RELIEF_MS,
  MEETING_MS,
  MIN_RELIEF_MS,
  OPEN_RESERVE,
  RELIEF_AGAIN_MS,
  RELIEF_MS_PER_MEMBER,
} from '../limits.ts';
import { BLOB, CHUNKS, chunksOf, newTracker, now, seekWith, withNodes } from './test-tracker.ts';
import type { Tracker } from './tracker.ts';

/**
 * A crowd in which node 0 lets everybody in and node 1 meets nobody else, as their seeks tell: node 1
 * linked with 0 after many introductions that came to nothing. All but 1 hold the blob.
 */
function withHardNode(): Tracker {
  const tracker = newTracker();
  for (let node = 0; node < 40; node++) {
    withNodes(tracker, node);
    if (node !== 1) tracker.hold(node, 'job', BLOB, CHUNKS);
  }
  let at = now - 600_000;
  const linked = new Set<number>();
  const seek = (peers: number) => {
    at += MEETING_MS;
    return tracker.seek(1, seekWith([], { peers, grant: 0, linked }), true, at);
  };
  for (let round = 0; round < 100 && !linked.has(0); round++)
    if (seek(8).peers.includes(0) && round >= 2) linked.add(0);
  expect(linked.has(0)).toBe(true);
  seek(0);
  tracker.left(1);
  withNodes(tracker, 1);
  return tracker;
}

test('SWM-136 a node that is hard to meet is introduced first to one that such nodes have met', () => {
  const tracker = withHardNode();
  let missed = 0;
  let at = now;
  for (; missed < HARD_MISSES; at += MEETING_MS) {
    const wish = seekWith([], { peers: 2, grant: 0, linked: new Set() });
    missed += tracker.seek(1, wish, true, at).peers.length;
  }
  at += 60_000;
  const wish = seekWith([], { peers: 1, grant: 0, linked: new Set() });
  expect(tracker.seek(1, wish, true, at).peers).toEqual([0]);
});

test('SWM-136 others leave a node that lets everybody in half of its introductions', () => {
  const tracker = withHardNode();
  let introductions = 0;
  for (let node = 100; node < 200; node++) {
    withNodes(tracker, node);
    const { peers } = tracker.seek(node, seekWith([], { peers: 8, grant: 0 }), true, now);
    if (peers.includes(0)) introductions++;
  }
  expect(introductions).toBeLessThanOrEqual(INTRODUCTION_BURST - OPEN_RESERVE);
});

test('SWM-136 what nodes say of their links keeps nobody from being met', () => {
  const tracker = newTracker();
  withNodes(tracker, 0);
  tracker.hold(0, 'job', BLOB, CHUNKS);
  // Each says that it never met node 0.
  for (let node = 1; node <= 12; node++) {
    withNodes(tracker, node);
    for (const at of [now, now + MEETING_MS])
      tracker.seek(node, seekWith([], { grant: 0, linked: new Set() }), true, at);
  }
  withNodes(tracker, 99);
  expect(tracker.seek(99, seekWith([]), true, now + 60_000).peers).toEqual([0]);
});

test('SWM-136 who is linked already is not introduced again', () => {
  const tracker = newTracker();
  withNodes(tracker, 1, 2);
  tracker.hold(1, 'job', BLOB, CHUNKS);
  expect(tracker.seek(2, seekWith([]), true, now).peers).toEqual([1]);
  const linked = new Set([1]);
  expect(tracker.seek(2, seekWith([], { linked }), true, now + 60_000).peers).toEqual([]);
});

test('SWM-137 what the starved get of what others hold is bounded for a blob, however many starve', () => {
  for (const crowd of [10, 300]) {
    const tracker = newTracker();
    withNodes(tracker, 0);
    tracker.hold(0, 'job', BLOB, CHUNKS);
    for (let node = 1; node < crowd; node++) withNodes(tracker, node);
    const lastAt = new Map<number, number>();
    const interval = Math.min(MAX_RELIEF_MS, Math.max(MIN_RELIEF_MS, crowd * RELIEF_MS_PER_MEMBER));
    // All of them are members before any of them starves.
    for (let node = 1; node < crowd; node++)
      tracker.seek(node, seekWith([], { grant: 0 }), true, now);
    let granted = 0;
    for (let at = now; at < now + 60_000; at += 500)
      for (let node = 1; node < crowd; node++)
        for (const chunk of chunksOf(
          tracker.seek(node, seekWith([], { starved: true }), true, at).grant,
        )) {
          expect(at - (lastAt.get(chunk) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(
            interval,
          );
          lastAt.set(chunk, at);
          granted++;
        }
    expect(granted).toBeGreaterThan(CHUNKS);
  }
});

test('SWM-137 a node that says again and again to starve gets each chunk once a minute', () => {
  const tracker = newTracker();
  withNodes(tracker, 1, 2);
  tracker.hold(1, 'job', BLOB, CHUNKS);
  let granted = 0;
  for (let at = now; at < now + RELIEF_AGAIN_MS; at += 1_000) {
    const { grant } = tracker.seek(2, seekWith([], { starved: true }), true, at);
    granted += chunksOf(grant).length;
  }
  expect(granted).toBe(CHUNKS);
});
