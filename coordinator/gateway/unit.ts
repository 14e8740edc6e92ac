import type {
  JobNumber,
  NodeNumber,
  Results,
  SchedulerEffect,
  SchedulerEvent,
  SubmissionRecord,
  VerdictRecord,
} from '../scheduler/events.ts';
import type { CommitBatch } from '../store/store.ts';
import type { LeasePart } from './node-link.ts';

/** A block by its job and number. */
export interface BlockName {
  job: JobNumber;
  block: number;
}

/** What one event leads to that has to be durable, all of it or nothing. */
export interface Unit {
  submissions: SubmissionRecord[];
  /** Each submission's results as they came, whatever of them is kept. */
  handedIn: Results[];
  verdicts: VerdictRecord[];
  finished: BlockName[];
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
    handedIn: [],
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
      const { submission, handedIn } = effect;
      unit.submissions.push(submission);
      unit.handedIn.push(handedIn);
      unit.bytes += handedIn.outputs.length + handedIn.digests.length;
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
    const at = unit.submissions.findIndex(
      ({ claim, results }) =>
        claim.lease === lease && results.first === first && results.count === count,
    );
    if (at < 0) return [];
    const { claim } = unit.submissions[at];
    return [{ type: 'submitted' as const, node, claim, results: unit.handedIn[at] }];
  });
}

/**
 * The units that cannot be kept when these blocks are lost, and all the blocks that are lost with
 * them: a unit is kept whole or not at all, and so is what followed from it.
 */
export function lostWith(
  block: BlockName,
  units: readonly Unit[],
): { units: Set<Unit>; blocks: BlockName[] } {
  const blocks = [block];
  const lost = new Set<Unit>();
  const isLost = ({ job, block }: BlockName) =>
    blocks.some((name) => name.job === job && name.block === block);
  const leases = new Set<bigint>();
  for (const unit of units) {
    const touched = [...blocksOf(unit)];
    const answersLost = unit.acknowledgements.some(({ lease }) => leases.has(lease));
    if (!answersLost && !touched.some(isLost)) continue;
    lost.add(unit);
    for (const name of touched)
      if (!isLost(name)) blocks.push({ job: name.job, block: name.block });
    for (const { claim } of unit.submissions) leases.add(claim.lease);
  }
  return { units: lost, blocks };
}

function writes(unit: Unit): boolean {
  return unit.submissions.length + unit.verdicts.length + unit.finished.length > 0;
}

function* blocksOf(unit: Unit): Generator<BlockName> {
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
