import fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimate } from './estimate.ts';

test('WEB-3 an estimate is a range, never shorter than one quick run of one shard takes', () => {
  const facts = fc.record({
    shards: fc.integer({ min: 1, max: 1e9 }),
    shardMs: fc.double({ min: 0.001, max: 3.6e6, noNaN: true }),
    quorum: fc.integer({ min: 1, max: 8 }),
    replicas: fc.integer({ min: 8, max: 16 }),
    threads: fc.integer({ min: 1, max: 100_000 }),
  });
  fc.assert(
    fc.property(facts, (given) => {
      const { wall } = estimate(given);
      expect(wall?.least).toBeGreaterThan(given.shardMs * 0.4);
      expect(wall?.most).toBeGreaterThanOrEqual(wall?.least ?? Number.NaN);
    }),
  );
});

test('WEB-3 with nobody there, only the computing time is told', () => {
  expect(estimate({ shards: 100, shardMs: 50, replicas: 2, quorum: 2, threads: 0 })).toEqual({
    computeMs: 10_000,
    wall: null,
  });
});
