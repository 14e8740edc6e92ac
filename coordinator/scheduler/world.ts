import { DigestCheck, type OutputHash } from '../verification/digests.ts';
import type { SchedulerEffect, SchedulerEvent } from './events.ts';
import { Shares } from './fairness.ts';
import type { ActiveJob } from './job.ts';
import type { Lease } from './lease.ts';
import type { Node } from './node.ts';

/** All that the scheduler knows. Its parts are functions of it. */
export interface World {
  readonly jobs: Map<number, ActiveJob>;
  /** Jobs that ended in this run; those done lately with their state, in case that was not durable. */
  readonly ended: Map<number, ActiveJob | null>;
  readonly shares: Shares;
  readonly nodes: Map<number, Node>;
  /** Nodes that want more than they have, the one that has waited longest first. */
  readonly hungry: Set<Node>;
  /** Leases that are out. */
  readonly leases: Map<bigint, Lease>;
  /** Number of the next lease. */
  nextLease: bigint;
  readonly digests: DigestCheck;
  /** Events that waited for something and can be handled now. */
  readonly again: SchedulerEvent[];
  /** What the event that is being handled leads to. */
  effects: SchedulerEffect[];
  /** Grows when a node comes or goes: what was worked out about the crowd is old then. */
  crowdVersion: number;
  /** Whether work may have become available for hungry nodes. */
  supply: boolean;
}

export function newWorld(hash: OutputHash, firstLease: bigint): World {
  return {
    jobs: new Map(),
    ended: new Map(),
    shares: new Shares(),
    nodes: new Map(),
    hungry: new Set(),
    leases: new Map(),
    nextLease: firstLease,
    digests: new DigestCheck(hash),
    again: [],
    effects: [],
    crowdVersion: 0,
    supply: false,
  };
}
