import type {
  JobNumber,
  NodeNumber,
  SchedulerEffect,
  SchedulerEvent,
  SubmissionRecord,
  VerdictRecord,
} from '../scheduler/events.ts';
import type { CommitBatch } from '../store/store.ts';
import type { LeasePart } from './node-link.ts';

/** What one event leads to that has to be durable, all of it or nothing. */
export interface Unit {
  submissions: SubmissionRecord[];
  verdicts: VerdictRecord[];
  finished: { job: JobNumber; block: number }[];
  credits: Extract<SchedulerEffect, { type: 'credit' }>[];
  /** To be told once it is durable. */
  acknowledgements: ({ node: NodeNumber } & LeasePart)[];
  ended: { job: JobNumber; state: 'done' | 'expired' | 'cancelled'; at: number }[];
  /** Bytes of its submissions. */
  bytes: number;
}

/** A unit without effects yet. */
export function newUnit(): Unit {
  return {
    submissions: [],
    verdicts: [],
    finished: [],
    credits: [],
    acknowledgements: [],
    ended: [],
    bytes: 0,
  };
}

/** Takes an effect in if it is one that waits for the store. */
export function takeInto(unit: Unit, effect: SchedulerEffect, now: number): boolean {
  switch (effect.type) {
    case 'keep-submission': {
      const { results } = effect.submission;
      unit.submissions.push(effect.submission);
      unit.bytes += results.outputs.length + results.digests.length;
      return true;
    }
    case 'keep-verdicts':
      unit.verdicts.push(effect.verdicts);
      return true;
    case 'finish-block':
      unit.finished.push({ job: effect.job, block: effect.block });
      return true;
    case 'credit':
      unit.credits.push(effect);
      return true;
    case 'ack':
      unit.acknowledgements.push(effect);
      return true;
    case 'finish-job':
      unit.ended.push({ job: effect.job, state: effect.state, at: now });
      return true;
    default:
      return false;
  }
}

/** Whether the unit has nothing that waits for the store. */
export function isEmpty(unit: Unit): boolean {
  return (
    unit.acknowledgements.length === 0 &&
    unit.ended.length === 0 &&
    unit.credits.length === 0 &&
    !writes(unit)
  );
}

/** The unit's submissions as they were handed in, where their node is to be told of them. */
export function submittedAgain(unit: Unit): Extract<SchedulerEvent, { type: 'submitted' }>[] {
  return unit.acknowledgements.flatMap(({ node, lease, first, count }) => {
    const record = unit.submissions.find(
      ({ claim, results }) =>
        claim.lease === lease && results.first === first && results.count === count,
    );
    return record
      ? [{ type: 'submitted' as const, node, claim: record.claim, results: record.results }]
      : [];
  });
}

/** Whether the unit touches this block. */
export function touches(unit: Unit, job: JobNumber, block: number): boolean {
  for (const touched of blocksOf(unit))
    if (touched.job === job && touched.block === block) return true;
  return false;
}

function writes(unit: Unit): boolean {
  return unit.submissions.length + unit.verdicts.length + unit.finished.length > 0;
}

function* blocksOf(unit: Unit): Generator<{ job: JobNumber; block: number }> {
  for (const { claim } of unit.submissions) yield claim;
  yield* unit.verdicts;
  yield* unit.finished;
}

/**
 * The units as one transaction, or null where there is nothing to write.
 * @param fenceOf fencing number of this coordinator's claim of a block
 */
export function toBatch(
  units: readonly Unit[],
  fenceOf: (job: JobNumber, block: number) => number,
): CommitBatch | null {
  const claims = new Map<string, CommitBatch['claims'][number]>();
  const credits = new Map<string, CommitBatch['credits'][number]>();
  const batch: CommitBatch = {
    claims: [],
    submissions: [],
    verdicts: [],
    finished: [],
    credits: [],
  };
  for (const unit of units) {
    for (const { job, block } of blocksOf(unit)) {
      const key = `${job}/${block}`;
      if (!claims.has(key)) claims.set(key, { job, block, fence: fenceOf(job, block) });
    }
    batch.submissions.push(...unit.submissions);
    batch.verdicts.push(...unit.verdicts);
    batch.finished.push(...unit.finished);
    for (const { key, agreed, rejected } of unit.credits) {
      const credit = credits.get(key);
      if (!credit) credits.set(key, { key, agreed, rejected });
      else {
        credit.agreed += agreed;
        credit.rejected += rejected;
      }
    }
  }
  if (claims.size + credits.size === 0) return null;
  batch.claims = [...claims.values()];
  batch.credits = [...credits.values()];
  return batch;
}
