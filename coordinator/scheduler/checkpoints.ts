import { Outcome } from '../../shared/verdict/outcome.ts';
import { type Block, UNDECIDED } from './block.ts';
import type { LeasedCheckpoint, Results, SchedulerEvent } from './events.ts';
import type { ActiveJob } from './job.ts';
import { isOut } from './lease.ts';
import { hasCounted } from './lineage-bars.ts';
import {
  hasMoved,
  holderOf,
  isMember,
  type Lineage,
  MAX_CHECKPOINT_BYTES,
  mayPass,
} from './lineages.ts';
import { type Range, unfit } from './matching.ts';
import type { Node } from './node.ts';
import type { World } from './world.ts';

/** A node says how far a shard of one of its leases has come: kept for whoever goes on with it. */
export function handedOver(
  world: World,
  { node: number, claim, shard, checkpoint }: Extract<SchedulerEvent, { type: 'handed-over' }>,
): void {
  const lease = world.leases.get(claim.lease);
  const job = world.jobs.get(claim.job);
  if (!job || lease?.node.number !== number || !lease.block) return;
  const at = shard - lease.claim.first;
  if (at < 0 || at >= lease.claim.count || !isOut(lease, at)) return;
  if (lease.block.state[shard - lease.block.first] !== UNDECIDED) return;
  job.lineages.handOver(shard, lease.node, checkpoint);
  trim(world);
}

/** Where all jobs together hold too much, the one that holds most gives its oldest. */
function trim(world: World): void {
  for (;;) {
    let bytes = 0;
    let most: ActiveJob | null = null;
    for (const job of world.jobs.values()) {
      bytes += job.lineages.bytes;
      if (!most || job.lineages.bytes > most.lineages.bytes) most = job;
    }
    if (bytes <= MAX_CHECKPOINT_BYTES || !most?.lineages.dropOldest()) return;
  }
}

/**
 * What of a range is leased to the node, and the run that it goes on with. A run that goes on is
 * leased by itself: what comes of it is judged by itself.
 */
export function continuing(
  world: World,
  job: ActiveJob,
  block: Block,
  node: Node,
  range: Range,
): { range: Range; lineage: Lineage | null } {
  if (job.lineages.isEmpty) return { range, lineage: null };
  for (let k = range.from; k < range.to; k++) {
    const lineage = job.lineages
      .of(block.first + k)
      .find((one) => mayContinue(world, job, block, node, one));
    if (!lineage) continue;
    if (k > range.from) return { range: { from: range.from, to: k }, lineage: null };
    return { range: { from: k, to: k + 1 }, lineage };
  }
  return { range, lineage: null };
}

/** Hands the run to the node; what it goes on with is for the lease. */
export function passOn(job: ActiveJob, node: Node, lineage: Lineage): LeasedCheckpoint[] {
  const { shard, checkpoint } = lineage;
  if (checkpoint === null) return [];
  job.lineages.pass(lineage, node);
  return [{ shard, checkpoint }];
}

function mayContinue(
  world: World,
  job: ActiveJob,
  block: Block,
  node: Node,
  lineage: Lineage,
): boolean {
  if (!mayPass(lineage) || isHeld(block, lineage)) return false;
  if (hasCounted(block, lineage, node)) return false;
  if (holderOf(lineage).key === node.key) return true;
  if (job.lineages.of(lineage.shard).some(({ members }) => isMember(members, node.key)))
    return false;
  return isCrowdLarge(world, job, lineage);
}

/** Whether the node that has the run still computes it, as far as is known. */
function isHeld(block: Block, lineage: Lineage): boolean {
  const { key } = holderOf(lineage);
  for (const lease of block.leases) {
    const at = lineage.shard - lease.claim.first;
    if (lease.node.key !== key || at < 0 || at >= lease.claim.count) continue;
    if (isOut(lease, at)) return true;
  }
  return false;
}

/** Whether enough nodes would be left for the quorum: who had the run does not count once more. */
function isCrowdLarge(world: World, job: ActiveJob, lineage: Lineage): boolean {
  let others = 0;
  for (const node of world.nodes.values()) {
    if (unfit(job, node) !== null || isMember(lineage.members, node.key)) continue;
    if (++others >= job.spec.replication.quorum) return true;
  }
  return false;
}

/** Why results cannot be taken for the sake of runs that have moved, or null. */
export function refusalByLineage(
  job: ActiveJob,
  block: Block,
  node: Node,
  results: Results,
): { code: string; message: string } | null {
  if (job.lineages.isEmpty) return null;
  for (let i = 0; i < results.count; i++) {
    const shard = results.first + i;
    if (block.state[shard - block.first] !== UNDECIDED) continue;
    for (const lineage of job.lineages.of(shard)) {
      if (!hasMoved(lineage) || !job.lineages.isRelated(lineage, node)) continue;
      if (hasCounted(block, lineage, node)) return COUNTED;
      if (holderOf(lineage).key !== node.key || results.statuses[i] === Outcome.ok) continue;
      job.lineages.spoil(lineage, node.key);
      return SPOILT;
    }
  }
  return null;
}

const COUNTED = {
  code: 'LINEAGE_COUNTED',
  message:
    'Another node has answered for this run, which passed from one to the other. It counts once.',
};

const SPOILT = {
  code: 'RESUMED_RUN_FAILED',
  message:
    'This run went on from another node’s checkpoint and failed, which may be the checkpoint’s fault. The shard is run again from its beginning.',
};

/** Checkpoints of decided shards are needed no more. */
export function forgetDecided(job: ActiveJob, block: Block): void {
  if (job.lineages.isEmpty) return;
  for (const shard of job.lineages.shards()) {
    const k = shard - block.first;
    if (k >= 0 && k < block.count && block.state[k] !== UNDECIDED) job.lineages.forget(shard);
  }
}
