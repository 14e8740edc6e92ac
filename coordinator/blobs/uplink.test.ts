import { expect, test } from 'vitest';
import { Uplink } from './uplink.ts';

const RATE = 1_000_000;

/** An uplink on a clock that only its waiting moves. */
function fakeUplink(bytesPerSecond: number) {
  let now = 0;
  let sent = 0;
  const uplink = new Uplink({
    bytesPerSecond,
    now: () => now,
    onSent: (bytes) => {
      sent += bytes;
    },
    sleep: async (ms) => {
      now += ms;
    },
  });
  return { uplink, seconds: () => now / 1000, sent: () => sent };
}

async function* blob(bytes: number) {
  for (let left = bytes; left > 0; left -= 256 * 1024)
    yield new Uint8Array(Math.min(left, 256 * 1024));
}

const never = new AbortController().signal;

test('SWM-63 responses leave no faster than the rate in all, but for half a second at once', async () => {
  const { uplink, seconds, sent } = fakeUplink(RATE);
  let taken = 0;
  const drain = async (bytes: number) => {
    for await (const part of uplink.send(() => blob(bytes), never)) {
      taken += part.length;
      expect(taken).toBeLessThanOrEqual(RATE * (seconds() + 0.5) + 1);
    }
  };
  await Promise.all([drain(3_000_000), drain(2_000_000)]);
  expect(sent()).toBe(5_000_000);
  expect(seconds()).toBeCloseTo(4.5, 2);
});

test('SWM-63 a small file does not wait for a large one that began before', async () => {
  const { uplink, seconds } = fakeUplink(RATE);
  const ended: string[] = [];
  const drain = async (name: string, bytes: number) => {
    for await (const _ of uplink.send(() => blob(bytes), never));
    ended.push(`${name} after ${Math.round(seconds())} s`);
  };
  await Promise.all([drain('large', 10_000_000), drain('small', 100_000)]);
  expect(ended).toEqual(['small after 0 s', 'large after 10 s']);
});

test('SWM-63 without a bound nothing waits, and all is counted', async () => {
  const { uplink, seconds, sent } = fakeUplink(0);
  let pieces = 0;
  for await (const _ of uplink.send(() => blob(1024 * 1024), never)) pieces++;
  expect({ pieces, seconds: seconds(), sent: sent() }).toEqual({
    pieces: 4,
    seconds: 0,
    sent: 1024 * 1024,
  });
});

test('SWM-63 who goes away while it waits holds up nobody', async () => {
  const gone = new AbortController();
  const { uplink } = fakeUplink(RATE);
  const left = uplink.send(() => blob(10_000_000), gone.signal);
  await left.next();
  gone.abort();
  expect((await left.next()).done).toBe(true);
  let bytes = 0;
  for await (const part of uplink.send(() => blob(1_000_000), never)) bytes += part.length;
  expect(bytes).toBe(1_000_000);
});
