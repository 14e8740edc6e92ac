import { describe, expect, it } from 'vitest';
import type { Job, JobState, StageSummary } from './schemas.ts';
import { resultsJob, stageNow, standstill, wholeState } from './whole.ts';

const summary = (state: JobState, number: number, waits: StageSummary['waits'] = null) => ({
  id: `job ${number}`,
  number,
  name: `stage ${number}`,
  state,
  shards: 1,
  done: 0,
  failed: 0,
  waits,
});

/** The first job of a chain in these states. */
function job(
  states: JobState[],
  waits: StageSummary['waits'] = null,
): Pick<Job, 'id' | 'state' | 'stage'> {
  return {
    id: 'job 1',
    state: states[0],
    stage: {
      first: 'job 1',
      number: 1,
      of: states.length,
      name: 'stage 1',
      previous: null,
      next: 'job 2',
      all: states.map((state, k) => summary(state, k + 1, state === 'waiting' ? waits : null)),
    },
  };
}

describe('a job in stages as a whole', () => {
  it.each<[JobState[], JobState]>([
    [['running', 'waiting'], 'running'],
    [['done', 'waiting'], 'waiting'],
    [['done', 'running'], 'running'],
    [['done', 'running', 'waiting'], 'running'],
    [['done', 'done'], 'done'],
    [['done', 'cancelled'], 'cancelled'],
    [['expired', 'expired'], 'expired'],
  ])('STG-3 %j is %s', (states, whole) => {
    expect(wholeState(job(states))).toBe(whole);
  });

  it('STG-3 a job without stages is as it is', () => {
    const plain = { id: 'x', state: 'running', stage: null } as const;
    expect([wholeState(plain), stageNow(plain), standstill(plain)]).toEqual([
      'running',
      null,
      null,
    ]);
    expect(resultsJob(plain)).toBe('x');
  });

  it('STG-3 it is at its first stage that is not done, and its results are those of the last', () => {
    expect(stageNow(job(['done', 'running', 'waiting']))?.number).toBe(2);
    expect(stageNow(job(['done', 'done']))?.number).toBe(2);
    expect(resultsJob(job(['running', 'waiting', 'waiting']))).toBe('job 3');
    expect(resultsJob({ ...job(['done', 'running']), id: 'job 2' })).toBe('job 2');
  });

  it('STG-10 it stands still only where its requester has to do something', () => {
    const open = { code: 'STAGE_BEFORE_OPEN', message: '' };
    const failed = { code: 'STAGE_BEFORE_FAILED', message: 'retry' };
    expect(standstill(job(['running', 'waiting'], open))).toBeNull();
    expect(standstill(job(['done', 'waiting'], failed))).toBe(failed);
  });
});
