import { expect, test } from 'vitest';
import type { StageSummary } from '../../shared/api/schemas.ts';
import { cancelCounts } from './cancel-counts.ts';

const counts = { waiting: 3, active: 1, done: 5, failed: 1 };

function summary(number: number, shards: number, done: number, failed: number): StageSummary {
  const state = done + failed === shards ? 'done' : 'running';
  return { id: `job ${number}`, number, name: '', state, shards, done, failed, waits: null };
}

test('WEB-35 what is lost when a stage is cancelled counts the stages behind it, not those before', () => {
  expect(cancelCounts({ counts, stage: null })).toEqual({ kept: 6, lost: 4 });
  const all = [summary(1, 10, 9, 1), summary(2, 8, 2, 0), summary(3, 1, 0, 0)];
  const at = (number: number) => ({
    first: 'job 1',
    number,
    of: 3,
    name: '',
    previous: null,
    next: null,
    all,
  });
  expect(cancelCounts({ counts, stage: at(1) })).toEqual({ kept: 12, lost: 7 });
  expect(cancelCounts({ counts, stage: at(2) })).toEqual({ kept: 2, lost: 7 });
});
