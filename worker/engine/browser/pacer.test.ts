import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pacer } from './pacer.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('ENG-46 the first value goes at once, then the newest of each interval', () => {
  const passed: number[] = [];
  const pacer = new Pacer<number>(250, (value) => passed.push(value));
  pacer.offer(() => 1);
  pacer.offer(() => 2);
  pacer.offer(() => 3);
  expect(passed).toEqual([1]);
  vi.advanceTimersByTime(250);
  expect(passed).toEqual([1, 3]);
  vi.advanceTimersByTime(1_000);
  pacer.offer(() => 4);
  expect(passed).toEqual([1, 3, 4]);
});

test('ENG-46 what somebody waits for does not wait for its interval', () => {
  const passed: number[] = [];
  const pacer = new Pacer<number>(250, (value) => passed.push(value));
  pacer.offer(() => 1);
  pacer.offer(() => 2);
  pacer.hurry();
  expect(passed).toEqual([1, 2]);
  pacer.offer(() => 3);
  vi.advanceTimersByTime(249);
  expect(passed).toEqual([1, 2]);
  vi.advanceTimersByTime(1);
  expect(passed).toEqual([1, 2, 3]);
});
