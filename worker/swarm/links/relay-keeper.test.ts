import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RelayKeeper } from './relay-keeper.ts';
import { RELAY_RETRY_MAX_MS, RELAY_RETRY_MS, RESERVATION_WAIT_MS } from './timing.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function makeKeeper(connect: () => Promise<void>) {
  const state = { reachable: false, told: [] as boolean[], dials: [] as number[] };
  const keeper = new RelayKeeper({
    connect: () => {
      state.dials.push(Date.now());
      return connect();
    },
    disconnect: async () => {},
    reachable: () => state.reachable,
    onReachable: (reachable) => state.told.push(reachable),
    random: () => 0.5,
  });
  return { keeper, state };
}

test('SWM-41 a lost relay is dialled again with growing waits, until it is back', async () => {
  let up = false;
  const { keeper, state } = makeKeeper(async () => {
    if (!up) throw new Error('down');
    state.reachable = true;
  });
  keeper.go();
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  const waits = state.dials.slice(1).map((at, i) => at - state.dials[i]);
  expect(waits.slice(0, 3)).toEqual([RELAY_RETRY_MS, 2 * RELAY_RETRY_MS, 4 * RELAY_RETRY_MS]);
  expect(waits.at(-1)).toBe(RELAY_RETRY_MAX_MS);
  up = true;
  await vi.advanceTimersByTimeAsync(RELAY_RETRY_MAX_MS);
  expect(state.told).toEqual([true]);
  const before = state.dials.length;
  state.reachable = false;
  keeper.changed();
  await vi.advanceTimersByTimeAsync(RELAY_RETRY_MS);
  expect(state.told).toEqual([true, false, true]);
  expect(state.dials).toHaveLength(before + 1);
});

test('SWM-41 a relay that gives no place is left and tried again', async () => {
  const { keeper, state } = makeKeeper(async () => {});
  keeper.go();
  await vi.advanceTimersByTimeAsync(RESERVATION_WAIT_MS - 1);
  expect(state.dials).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2 * RELAY_RETRY_MS);
  expect(state.dials).toHaveLength(2);
  state.reachable = true;
  await vi.advanceTimersByTimeAsync(RESERVATION_WAIT_MS);
  expect(state.told).toEqual([true]);
  expect(state.dials).toHaveLength(2);
});

test('SWM-41 going anew leaves the old place, and dials once', async () => {
  const { keeper, state } = makeKeeper(async () => {
    await new Promise((resolve) => setTimeout(resolve, 4 * RELAY_RETRY_MS));
    state.reachable = true;
  });
  keeper.go();
  await vi.advanceTimersByTimeAsync(4 * RELAY_RETRY_MS);
  keeper.go();
  state.reachable = false;
  keeper.changed();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(state.told).toEqual([true, false, true]);
  expect(state.dials).toHaveLength(2);
});

test('SWM-41 a keeper that was stopped dials no more', async () => {
  const { keeper, state } = makeKeeper(() => Promise.reject(new Error('down')));
  keeper.go();
  await vi.advanceTimersByTimeAsync(0);
  keeper.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(state.dials).toHaveLength(1);
});
