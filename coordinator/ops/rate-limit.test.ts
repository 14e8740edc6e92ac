import { expect, test } from 'vitest';
import { RateLimit } from './rate-limit.ts';

test('API-5 a caller has its rate and a burst, and is told how long to wait', () => {
  const limit = new RateLimit(10);
  for (let i = 0; i < 50; i++) expect(limit.take('a', 0)).toBe(0);
  expect(limit.take('a', 0)).toBe(100);
  expect(limit.take('b', 0)).toBe(0);
  expect(limit.take('a', 99)).toBeGreaterThan(0);
  expect(limit.take('a', 101)).toBe(0);
});

test('API-5 a clock that goes back neither grants nor takes requests', () => {
  const limit = new RateLimit(1);
  for (let i = 0; i < 5; i++) limit.take('a', 10_000);
  expect(limit.take('a', 0)).toBeGreaterThan(0);
});
