import type { ProgramKind } from '../../shared/job/spec.ts';
import type { JobNumber, NodeNumber, SchedulerEvent } from './events.ts';
import type { Lease } from './lease.ts';
import type { JobRecord } from './trouble.ts';

/** A connected node. */
export interface Node {
  readonly number: NodeNumber;
  readonly key: string;
  /** Empty where networks do not count. */
  readonly network: string;
  readonly kinds: ReadonlySet<ProgramKind>;
  readonly threads: number;
  readonly memoryMiB: number;
  /** Null for any. */
  readonly projects: ReadonlySet<string> | null;
  readonly leases: Set<Lease>;
  /** Threads that it wants work for; 0 while it pauses. */
  wantedThreads: number;
  /** Milliseconds of computing that it still wants to be given. */
  wantedMs: number;
  /** Milliseconds of computing expected for what it holds. */
  heldMs: number;
  /** Logarithm of its time for a shard over the usual time. */
  slowness: number;
  /** How it gets on with the jobs that it has sent results of. */
  readonly records: Map<JobNumber, JobRecord>;
  /** Last idle reason that it was told since it asked. */
  idle: string | null;
}

/** A node as it is when it joins. */
export function newNode(event: Extract<SchedulerEvent, { type: 'node-joined' }>): Node {
  return {
    number: event.node,
    key: event.key,
    network: event.network ?? '',
    kinds: new Set(event.kinds),
    threads: event.threads,
    memoryMiB: event.memoryMiB,
    projects: event.projects === null ? null : new Set(event.projects),
    leases: new Set(),
    wantedThreads: 0,
    wantedMs: 0,
    heldMs: 0,
    slowness: 0,
    records: new Map(),
    idle: null,
  };
}
