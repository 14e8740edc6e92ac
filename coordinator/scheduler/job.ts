import type { ReplicationPolicy } from '../verification/policy.ts';
import { policyFor } from '../verification/policy.ts';
import type { Block } from './block.ts';
import type { Crowd } from './crowd.ts';
import type { ScheduledJob, SchedulerEvent } from './events.ts';
import { FinishedBlocks } from './finished.ts';
import type { Lease } from './lease.ts';
import { Lineages } from './lineages.ts';
import { Placed } from './placement.ts';
import { newPace, type Pace } from './sizing.ts';

/** A block that was asked of the store and is not here yet. */
export interface Claiming {
  /** What came for it in the meantime, in order. */
  waiting: SchedulerEvent[];
  /** Leases that were out when its state was lost. */
  leases: Set<Lease>;
  /** Whether the store's answer may be older than a retry: then it is asked again. */
  stale: boolean;
}

/** A running job. It costs the same whether it has ten shards or 2^53. */
export interface ActiveJob {
  readonly spec: ScheduledJob;
  readonly policy: ReplicationPolicy;
  /** Null where it does not matter who runs what. */
  readonly placed: Placed | null;
  readonly blocks: number;
  readonly finished: FinishedBlocks;
  /** Claimed blocks, in the order of their claims. */
  readonly held: Map<number, Block>;
  readonly claiming: Map<number, Claiming>;
  /** Blocks that a retry opened again and nobody has claimed since. */
  readonly reopened: Set<number>;
  /** No block before this one is unclaimed and unfinished, but for the reopened. */
  next: number;
  readonly pace: Pace;
  /** Runs that left checkpoints. */
  readonly lineages: Lineages;
  /** The nodes that can run it, as worked out for `version` of the crowd. */
  crowd: { version: number; crowd: Crowd } | null;
  /** The leases that were out for too long at some moment. */
  slow: { at: number; leases: readonly Lease[] } | null;
}

/** The state of a job that was just made known. */
export function newJob(event: Extract<SchedulerEvent, { type: 'job-added' }>): ActiveJob {
  const { job: spec, finished } = event;
  return {
    spec,
    policy: policyFor(spec.replication),
    placed: spec.placement ? new Placed(spec.placement) : null,
    blocks: Math.ceil(spec.shards / spec.blockShards),
    finished: new FinishedBlocks(finished),
    held: new Map(),
    claiming: new Map(),
    reopened: new Set(),
    next: 0,
    pace: newPace(),
    lineages: new Lineages(spec.networks === 'relax'),
    crowd: null,
    slow: null,
  };
}

/** First shard of a block and how many it has; the last one may be shorter. */
export function blockRange(job: ActiveJob, block: number): { first: number; count: number } {
  const first = block * job.spec.blockShards;
  return { first, count: Math.min(job.spec.blockShards, job.spec.shards - first) };
}

/** The next block that nobody has taken up, or -1. */
export function nextUnclaimed(job: ActiveJob): number {
  for (const block of job.reopened) return block;
  while (job.next < job.blocks && isTaken(job, job.next)) job.next++;
  return job.next < job.blocks ? job.next : -1;
}

function isTaken(job: ActiveJob, block: number): boolean {
  return job.finished.has(block) || job.held.has(block) || job.claiming.has(block);
}
