import { DIGEST_BYTES } from '../../shared/verdict/digest.ts';
import type { Block } from './block.ts';
import { forgetDecided, refusalByLineage } from './checkpoints.ts';
import { wait } from './claims.ts';
import type { LeaseClaim, Results, SchedulerEvent } from './events.ts';
import { isWithin } from './holding.ts';
import type { Intake } from './intake.ts';
import type { ActiveJob } from './job.ts';
import { blockRange } from './job.ts';
import { isOut, type Lease } from './lease.ts';
import { endLease, revokeDecided } from './leases.ts';
import { finishBlock } from './lifecycle.ts';
import type { Node } from './node.ts';
import { learnPace, provenSize } from './sizing.ts';
import { noteResults } from './trouble.ts';
import { isWellFormed } from './well-formed.ts';
import type { World } from './world.ts';

type Submitted = Extract<SchedulerEvent, { type: 'submitted' }>;

/** Why a submission will never be taken. */
interface Refusal {
  code: string;
  message: string;
}

/** Takes a node's results: counts them, keeps them, and gives the verdicts that they complete. */
export function submitted(world: World, intake: Intake, event: Submitted, now: number): void {
  const node = world.nodes.get(event.node);
  // It left while its submission waited for the block; it will send it again.
  if (!node) return;
  const { claim, results } = event;
  const job = world.jobs.get(claim.job);
  const refusal = job ? unfounded(job, node, event) : jobGone(world, claim);
  const block = job?.held.get(claim.block);
  if (!job || refusal !== null) answer(world, event, refusal);
  // All its shards have durable verdicts, whether these results are among them or late.
  else if (job.finished.has(claim.block)) answer(world, event, null);
  else if (!block) wait(world, job, claim.block, event);
  else {
    const lease = world.leases.get(claim.lease) ?? null;
    const { openings } = block;
    const barred = refusalByLineage(job, block, node, results);
    if (barred) {
      if (lease) takeBack(world, lease, results);
      answer(world, event, barred);
      return;
    }
    intake.enter(block, job.policy, {
      key: node.key,
      network: node.network,
      results,
      lease,
      shareNetworks: job.spec.networks === 'relax',
    });
    if (lease) giveBack(world, lease, results);
    // Answers that differ, and runs that failed, ask for more.
    if (block.openings > openings) world.supply = true;
    if (intake.counted === 0) answer(world, event, uncounted(intake));
    else conclude(world, intake, event, { job, block, node }, now);
  }
}

/** What follows from results that count. */
function conclude(
  world: World,
  intake: Intake,
  event: Submitted,
  { job, block, node }: { job: ActiveJob; block: Block; node: Node },
  now: number,
): void {
  const { results } = event;
  learnPace(job, node, results.count, results.computeMicros);
  noteResults(job, node, results, now);
  keep(world, intake, event, node, block, now);
  answer(world, event, null);
  if (intake.verdicts.count === 0) return;
  forgetDecided(job, block);
  if (block.undecided === 0) finishBlock(world, job, block);
  else revokeDecided(world, block);
}

/** The effects that must become durable together. */
function keep(
  world: World,
  intake: Intake,
  { claim, results }: Submitted,
  node: Node,
  block: Block,
  now: number,
): void {
  const { effects } = world;
  // Outputs are evidence only against who sent them with a digest that is not theirs.
  const kept = intake.caught > 0 ? results : { ...results, outputs: new Uint8Array(0) };
  effects.push({
    type: 'keep-submission',
    submission: { claim, network: node.network, at: now, results: kept },
    handedIn: results,
  });
  if (intake.verdicts.count > 0)
    effects.push({
      type: 'keep-verdicts',
      verdicts: intake.verdicts.record(block, results, intake.starts, now),
    });
  intake.credits.take(block, effects);
}

/** Opens what came back in vain, so that it is leased again. */
function takeBack(world: World, lease: Lease, results: Results): void {
  const { block, claim } = lease;
  const from = results.first - claim.first;
  for (let i = from; i < from + results.count; i++)
    if (block && isOut(lease, i)) block.takeBack(claim.first - block.first + i);
  giveBack(world, lease, results);
  world.supply = true;
}

/** Takes what came back off its lease. */
function giveBack(world: World, lease: Lease, { first, count, computeMicros }: Results): void {
  const from = first - lease.claim.first;
  lease.returned ??= new Uint8Array(lease.claim.count);
  for (let i = from; i < from + count; i++) {
    if (!isOut(lease, i)) continue;
    lease.returned[i] = 1;
    lease.remaining--;
  }
  lease.spentMs += computeMicros / 1000;
  if (lease.remaining > 0) return;
  const { node } = lease;
  const job = world.jobs.get(lease.claim.job);
  if (job) provenSize(job, lease);
  // What was quicker than expected leaves the node with less than it asked for.
  node.wantedMs += Math.max(0, lease.chargedMs - lease.spentMs);
  endLease(world, lease);
}

/** What is wrong with a submission whatever the state of its block, or null. */
function unfounded(job: ActiveJob, node: Node, { claim, results }: Submitted): Refusal | null {
  const within = isWithin(results, claim) && isWithin(claim, blockRange(job, claim.block));
  if (claim.nodeKey !== node.key || !within)
    return {
      code: 'LEASE_RANGE',
      message: 'These shards were not leased to this node. Only send results of its own leases.',
    };
  if (!isWellFormed(results))
    return {
      code: 'SUBMISSION_MALFORMED',
      message: `The columns of this submission do not fit its count: one outcome, one digest of ${DIGEST_BYTES} bytes and one length a shard.`,
    };
  return null;
}

function jobGone(world: World, { job }: LeaseClaim): Refusal {
  return world.ended.has(job)
    ? { code: 'JOB_ENDED', message: 'This job has ended. Its results are not needed any more.' }
    : { code: 'JOB_UNKNOWN', message: 'There is no running job of this number here.' };
}

function uncounted({ uncounted: { repeated, network } }: Intake): Refusal | null {
  if (repeated > 0) return null;
  if (network > 0)
    return {
      code: 'NETWORK_COUNTED',
      message: 'Another node of this network has answered these shards already.',
    };
  return {
    code: 'SHARDS_DECIDED',
    message: 'These shards were decided before these results came.',
  };
}

/** Says what became of a submission: an acknowledgement where there is no refusal. */
function answer(world: World, event: Submitted, refusal: Refusal | null): void {
  const { node, claim, results } = event;
  const { first, count } = results;
  const part = { node, lease: claim.lease, first, count };
  world.effects.push(
    refusal === null ? { type: 'ack', ...part } : { type: 'refuse', ...part, ...refusal },
  );
}
