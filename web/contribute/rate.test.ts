import { expect, test } from 'vitest';
import { addReading, type Reading, rateOf } from './rate.ts';

function after(...readings: Reading[]) {
  return readings.reduce<readonly Reading[]>(addReading, []);
}

test('WEB-13 a rate is that of the last seconds, and nothing before there are any', () => {
  expect(rateOf([])).toBeNull();
  expect(rateOf(after({ at: 0, count: 0 }, { at: 500, count: 9 }))).toBeNull();
  expect(rateOf(after({ at: 0, count: 0 }, { at: 2000, count: 10 }))).toBe(5);
  const long = Array.from({ length: 60 }, (_, k) => ({ at: k * 1000, count: k < 30 ? 0 : k - 30 }));
  expect(rateOf(after(...long))).toBe(1);
  expect(after(...long).length).toBeLessThan(20);
});

test('WEB-13 a counter that starts again starts a new rate', () => {
  expect(after({ at: 0, count: 0 }, { at: 5000, count: 50 }, { at: 6000, count: 1 })).toEqual([
    { at: 6000, count: 1 },
  ]);
});
