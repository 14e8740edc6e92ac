import { expect, test } from 'vitest';
import { Rate } from './rate.ts';

test('GAT-5 a rate is over the window, and over the time since the first event before that', () => {
  const rate = new Rate(10);
  const start = 1_700_000_000_000;
  expect(rate.perSecond(start)).toBe(0);
  rate.add(500, start);
  expect(rate.perSecond(start)).toBe(500);
  rate.add(500, start + 4000);
  expect(rate.perSecond(start + 5000)).toBe(200);
  expect(rate.perSecond(start + 9999)).toBeCloseTo(100, 1);
  expect(rate.perSecond(start + 12_000)).toBe(50);
  expect(rate.perSecond(start + 60_000)).toBe(0);
});
