import type { Job, ShardCounts } from '../../shared/api/schemas.ts';
import type { ErrorFacts } from '../../shared/errors.ts';
import type { JobNumber } from '../scheduler/events.ts';

/** What the coordinator knows at this moment, as its API and its operators see it. */

/** Nodes connected now, and what they do. */
export interface NetworkNow {
  nodes: number;
  /** Threads that they offered when they joined. */
  threads: number;
  /** Verdicts a second over the last minute. */
  verdictsPerSecond: number;
}

/** One connected node. */
export interface NodeNow {
  /** Public key in hexadecimal. */
  key: string;
  agent: string;
  threads: number;
  joinedAt: number;
  agreed: number;
  rejected: number;
}

/** The moving part of a job. */
export interface JobProgress {
  counts: ShardCounts;
  /** Verdicts a second over the last seconds. */
  rate: number;
  /** Null where nothing can be said. */
  remainingMs: number | null;
  /** Nodes that hold leases of it. */
  nodes: number;
  /** Computing time behind the accepted replicas, in milliseconds. */
  computeMs: number;
  stalled: Job['stalled'];
}

/** Whether results can be made durable just now. */
export type DispatcherHealth =
  | { state: 'starting' | 'well' | 'stopping' }
  /** Commits fail with this; they are tried again until they succeed. `since`: ms since 1970. */
  | { state: 'failing'; code: string; message: string; facts: ErrorFacts; since: number };

/** Counters since the start, for metrics and benchmarks. */
export interface DispatcherCounters {
  submissions: number;
  replicas: number;
  verdicts: number;
  leases: number;
  leasedShards: number;
  commits: number;
  /** Frames of nodes that were answered with an error. */
  faults: number;
  /** Bytes of submissions that wait for their commit. */
  backlogBytes: number;
  /** Time spent, in milliseconds, by step. */
  milliseconds: { decode: number; verify: number; schedule: number; commit: number };
}

/** Told after a job's counts or state changed; at most a few times a second for one job. */
export type JobListener = (job: JobNumber) => void;
