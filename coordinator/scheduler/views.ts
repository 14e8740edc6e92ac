import type { Job } from '../../shared/api/schemas.ts';
import { UNDECIDED } from './block.ts';
import { crowdOf } from './crowd.ts';
import type { JobNumber } from './events.ts';
import type { ActiveJob } from './job.ts';
import type { World } from './world.ts';

/** One block in memory, for a picture of a job. */
export interface BlockView {
  block: number;
  /** First shard of the job in it, and how many there are. */
  first: number;
  count: number;
  active: number;
  done: number;
  failed: number;
}

/** Read-only views of running jobs. All are undefined or empty for jobs that are not running. */
export class SchedulerViews {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /**
   * Undecided shards that are leased or have been run. Those with verdicts are for the edge to count:
   * here verdicts are known a commit before they are durable.
   */
  active(number: JobNumber): number {
    let active = 0;
    for (const block of this.#world.jobs.get(number)?.held.values() ?? []) active += block.active;
    return active;
  }

  /** Nodes that hold leases of the job now. */
  nodes(number: JobNumber): number {
    const job = this.#world.jobs.get(number);
    if (!job) return 0;
    const nodes = new Set<number>();
    for (const block of job.held.values())
      for (const { node } of block.leases) nodes.add(node.number);
    return nodes.size;
  }

  /** The blocks in memory, in no order; all others are either finished or not begun. */
  blocks(number: JobNumber): BlockView[] {
    const job = this.#world.jobs.get(number);
    if (!job) return [];
    return [...job.held.values()].map(({ number: block, first, count, active, done, failed }) => ({
      block,
      first,
      count,
      active,
      done,
      failed,
    }));
  }

  /** State of each shard of a block in memory: 0 waiting, 1 active, 2 done, 3 failed. */
  shardStates(number: JobNumber, block: number): Uint8Array | undefined {
    const held = this.#world.jobs.get(number)?.held.get(block);
    if (!held) return undefined;
    return held.state.map((state, k) => {
      if (state !== UNDECIDED) return state + 1;
      return held.attempts[k] > 0 || held.outstanding[k] > 0 ? 1 : 0;
    });
  }

  /** Leases that are out, of all jobs, and the earliest of their deadlines. */
  leases(): { count: number; earliest: number } {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { deadline } of this.#world.leases.values()) earliest = Math.min(earliest, deadline);
    return { count: this.#world.leases.size, earliest };
  }

  /** Why nothing happens to a job, null where something does or may at once. */
  stalled(number: JobNumber): Job['stalled'] {
    const job = this.#world.jobs.get(number);
    if (!job) return null;
    if (this.#world.nodes.size === 0) return 'no-nodes';
    if (crowdOf(this.#world, job).nodes === 0) return 'no-nodes-for-kind';
    if (job.claiming.size > 0 || hasLeases(job)) return null;
    const { nodes, networks } = crowdOf(this.#world, job);
    const { quorum } = job.spec.replication;
    if (nodes < quorum) return 'needs-more-nodes';
    if (networks.size < quorum && job.spec.networks === 'wait') return 'needs-more-networks';
    return isStarved(this.#world, job) ? 'needs-more-nodes' : null;
  }
}

function hasLeases(job: ActiveJob): boolean {
  for (const block of job.held.values()) if (block.leases.size > 0) return true;
  return false;
}

/** Whether nodes wait for work while this job has some that none of them may do. */
function isStarved(world: World, job: ActiveJob): boolean {
  if (world.hungry.size === 0) return false;
  for (const block of job.held.values()) if (block.open > 0) return true;
  return false;
}
