import type { Job, JobState, StageSummary } from './schemas.ts';

/** What of a job says how it is as a whole. */
type Staged = Pick<Job, 'id' | 'state' | 'stage'>;

/**
 * The state of a job with all its stages: the last one's, once that has begun or ended; before, it
 * runs as long as any stage does, and waits for its requester where none does.
 */
export function wholeState({ state, stage }: Pick<Staged, 'state' | 'stage'>): JobState {
  if (!stage) return state;
  const last = stage.all[stage.of - 1];
  if (last.state !== 'waiting') return last.state;
  return stage.all.some((one) => one.state === 'running') ? 'running' : 'waiting';
}

/** Whether a job, in this state, has come to its end. */
export function isEnded(state: JobState): boolean {
  return state !== 'running' && state !== 'waiting';
}

/** The stage at which a job is: the first that is not done; the last one at its end. */
export function stageNow({ stage }: Pick<Staged, 'stage'>): StageSummary | null {
  if (!stage) return null;
  return stage.all.find(({ state }) => state !== 'done') ?? stage.all[stage.of - 1];
}

/** Why a job goes no further until its requester does something; null where it does. */
export function standstill({ stage }: Pick<Staged, 'stage'>): StageSummary['waits'] {
  const waits = stage?.all.find(({ state }) => state === 'waiting')?.waits;
  return waits && waits.code !== 'STAGE_BEFORE_OPEN' ? waits : null;
}

/** Id of the job whose results are those of the whole: the first stage stands for the last. */
export function resultsJob({ id, stage }: Pick<Staged, 'id' | 'stage'>): string {
  return stage && stage.first === id ? stage.all[stage.of - 1].id : id;
}
