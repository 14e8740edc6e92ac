import { Block } from './block.ts';
import type { SchedulerEvent } from './events.ts';
import { type ActiveJob, blockRange, type Claiming, nextUnclaimed } from './job.ts';
import type { World } from './world.ts';

/** Claims that may be on their way for one job: the store answers them faster one after the other. */
const CLAIMS_AHEAD = 4;
/** Untouched blocks of a job that are kept at hand, so that leasing need not wait. */
const FRESH_BLOCKS = 2;
/** Blocks that one job may hold, whatever the crowd: room to go on while answers are missing. */
const HELD_BLOCKS = 16;
/** Blocks that one job may hold for each connected node. */
const HELD_BLOCKS_PER_NODE = 4;
/** Blocks that one coordinator holds before jobs may hold no more than two: about half a GiB. */
const HELD_BLOCKS_IN_ALL = 2048;

/** Asks for one more block, unless there is none or enough are held or on their way: then false. */
export function claimAhead(world: World, job: ActiveJob): boolean {
  if (job.claiming.size >= CLAIMS_AHEAD) return false;
  const taken = job.held.size + job.claiming.size;
  if (taken >= HELD_BLOCKS + HELD_BLOCKS_PER_NODE * world.nodes.size) return false;
  if (taken >= 2 && heldInAll(world) >= HELD_BLOCKS_IN_ALL) return false;
  const block = nextUnclaimed(job);
  if (block < 0) return false;
  claim(world, job, block);
  return true;
}

/** Keeps blocks at hand whose shards nobody has been asked to run, so that leasing never waits. */
export function prefetch(world: World, job: ActiveJob): void {
  let fresh = job.claiming.size;
  for (const block of job.held.values())
    if (block.undecided === block.count && block.active === 0) fresh++;
  while (fresh < FRESH_BLOCKS && claimAhead(world, job)) fresh++;
}

/** Asks the store for a block. */
export function claim(world: World, job: ActiveJob, block: number): Claiming {
  const claiming: Claiming = { waiting: [], leases: new Set(), stale: false };
  job.claiming.set(block, claiming);
  job.reopened.delete(block);
  world.effects.push({ type: 'claim-block', job: job.spec.job, block });
  return claiming;
}

/** The event's place in the queue of a block that is not here yet; the block is claimed if need be. */
export function wait(world: World, job: ActiveJob, block: number, event: SchedulerEvent): void {
  const claiming = job.claiming.get(block) ?? claim(world, job, block);
  claiming.waiting.push(event);
}

/** A claimed block without any submissions. */
export function emptyBlock(job: ActiveJob, number: number): Block {
  const { first, count } = blockRange(job, number);
  const { maxAttempts } = job.spec.replication;
  const { policy, lineages } = job;
  return new Block(job.spec.job, number, first, count, maxAttempts, policy.initial, lineages);
}

/** Forgets a held block's state and claims it again; its leases stay out. */
export function forgetBlock(world: World, job: ActiveJob, block: Block): void {
  job.held.delete(block.number);
  const claiming = claim(world, job, block.number);
  for (const lease of block.leases) {
    lease.block = null;
    claiming.leases.add(lease);
  }
}

function heldInAll(world: World): number {
  let held = 0;
  for (const job of world.jobs.values()) held += job.held.size;
  return held;
}
