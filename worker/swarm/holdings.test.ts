import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { describeBlob } from '../../shared/blob/manifest.ts';
import { utf8 } from '../../shared/bytes.ts';
import type { SwarmNodeFrame } from '../../shared/protocol/frames.ts';
import { MAX_HELD } from '../../shared/protocol/limits.ts';
import { Holdings } from './holdings.ts';
import { HOLD_MS } from './limits.ts';

let sent: SwarmNodeFrame[];
let connected: boolean;
let holdings: Holdings;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  connected = true;
  holdings = new Holdings((frame) => {
    if (connected) sent.push(frame);
    return connected;
  });
});
afterEach(() => {
  holdings.stop();
  vi.useRealTimers();
});

const refOf = (k: number) => describeBlob(utf8(`blob ${k}`)).ref;
const hold = (k: number, chunks = 1) =>
  holdings.set({ job: 'job', ref: refOf(k), chunks, output: false });
/** Blobs that each frame named, by their number of chunks. */
const told = () =>
  sent
    .splice(0)
    .map((frame) => (frame.type === 'hold' ? frame.blobs.map(({ chunks }) => chunks) : frame.type));

test('SWM-83 what is held is told together within a second, as it is then', () => {
  hold(1, 1);
  hold(1, 2);
  hold(2, 7);
  expect(told()).toEqual([]);
  vi.advanceTimersByTime(HOLD_MS);
  expect(told()).toEqual([[2, 7]]);
  vi.advanceTimersByTime(10 * HOLD_MS);
  expect(told()).toEqual([]);
});

test('SWM-83 what is gone is told, and what was never held is not', () => {
  hold(1);
  vi.advanceTimersByTime(HOLD_MS);
  holdings.delete(refOf(1).id);
  holdings.delete(refOf(2).id);
  vi.advanceTimersByTime(HOLD_MS);
  expect(sent).toMatchObject([{ type: 'hold' }, { type: 'unhold', blobs: [refOf(1).id] }]);
});

test('SWM-83 each connection hears all of it anew, as many blobs in a frame as one takes', () => {
  connected = false;
  for (let k = 0; k <= MAX_HELD; k++) hold(k);
  vi.advanceTimersByTime(HOLD_MS);
  connected = true;
  holdings.tellAll();
  holdings.tellAll();
  expect(told().map(({ length }) => length)).toEqual([MAX_HELD, 1, MAX_HELD, 1]);
});
