import { expect, test } from 'vitest';
import type { Job } from '../../shared/api/schemas.ts';
import { duration, progressLine } from './progress.ts';

const job = (part: Partial<Job>) =>
  ({
    shards: 1000,
    state: 'running',
    counts: { waiting: 500, active: 0, done: 490, failed: 10 },
    rate: 25,
    remainingMs: 20_000,
    nodes: 2,
    stalled: null,
    stage: null,
    ...part,
  }) as Job;

test('CLI-5 the progress line says share, counts, failures, rate, time left and nodes', () => {
  expect(progressLine(job({}))).toBe(
    `${'█'.repeat(14)}${'░'.repeat(14)} 50.0% · 500/1,000 shards · 10 failed · 25/s · 20 s left · 2 nodes`,
  );
});

test('CLI-5 the progress line says why nothing happens', () => {
  expect(progressLine(job({ stalled: 'needs-more-nodes' }))).toContain(
    'answers need more distinct nodes',
  );
});

test('STG-25 the progress line says which stage it is about', () => {
  const stage = { number: 2, of: 3, name: 'reduce' } as Job['stage'];
  expect(progressLine(job({ stage }))).toMatch(/^stage 2 of 3 \(reduce\) █/);
});

test('CLI-5 times are told in their two largest units', () => {
  expect([42_000, 65_000, 3_900_000, 259_200_000].map(duration)).toEqual([
    '42 s',
    '1 min 5 s',
    '1 h 5 min',
    '3 days',
  ]);
});
