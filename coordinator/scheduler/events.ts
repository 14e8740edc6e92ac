import type { ProgramKind, Replication } from '../../shared/job/spec.ts';

/**
 * What goes into the scheduler and what comes out of it. The scheduler is a pure state machine:
 * `handle(event, now)` changes its state and returns effects for the edges to carry out in order.
 * All times are milliseconds since 1970, given from outside.
 */

/** A connected node, numbered by the gateway; a number is never used again. */
export type NodeNumber = number;
/** Numbered by the store, dense, small. */
export type JobNumber = number;

/** Shards of a job that are placed near their data at most: a block; beyond it data is spread anyway. */
export const MAX_PLACED_SHARDS = 4096;

/** Where a stage's shards have their data. */
export interface Placement {
  /** For each shard the public keys of the nodes that hold most of it, the one with most first. */
  homes: readonly (readonly string[])[];
}

/** The scheduler's part of a job. */
export interface ScheduledJob {
  job: JobNumber;
  requester: number;
  project: string;
  kind: ProgramKind;
  memoryMiB: number;
  /** Time limit of one shard. */
  timeMs: number;
  shards: number;
  blockShards: number;
  replication: Replication;
  networks: 'wait' | 'relax';
  /** Nothing is leased after it; null for none. */
  deadline: number | null;
  priority: number;
  createdAt: number;
  /** Left out where it does not matter who runs what. */
  placement?: Placement;
}

/** A lease as its ticket says it: enough to take a submission for it after a restart. */
export interface LeaseClaim {
  job: JobNumber;
  block: number;
  /** Shard numbers are those of the job. */
  first: number;
  count: number;
  /** Unique over the coordinator's life. */
  lease: bigint;
  deadline: number;
  /** Public key of the node it was given to, in hexadecimal. */
  nodeKey: string;
}

/** What a shard's run left on a node that is gone. */
export interface LeasedCheckpoint {
  shard: number;
  checkpoint: Uint8Array<ArrayBuffer>;
}

/** Results of contiguous shards, columns as on the wire, signature already verified. */
export interface Results {
  first: number;
  count: number;
  statuses: Uint8Array;
  digests: Uint8Array;
  lengths: Uint8Array;
  outputs: Uint8Array;
  details: { at: number; message: string; stderr: string }[];
  computeMicros: number;
  signature: Uint8Array;
}

/**
 * A submission as the store keeps it. Its `outputs` are left out (no bytes, whatever `lengths` say):
 * the output of the run that completes a verdict goes into the verdict, the others are not needed
 * again. Only where an output does not fit its digest they are kept, as evidence and for the replay.
 */
export interface SubmissionRecord {
  claim: LeaseClaim;
  /** Network prefix of the node; empty where networks do not count (loopback, test networks). */
  network: string;
  at: number;
  results: Results;
}

/** Verdicts of one block that were reached together; an append to the job's result log. */
export interface VerdictRecord {
  job: JobNumber;
  block: number;
  at: number;
  /** Shard numbers within the block, ascending. */
  shards: Uint16Array;
  /** Outcome of each; `GAVE_UP` (outcome.ts) where attempts ran out (then the last attempt's outcome is in details). */
  statuses: Uint8Array;
  agreed: Uint8Array;
  confidence: Float32Array;
  lengths: Uint32Array;
  outputs: Uint8Array;
  /** `at` is an index into `shards`. */
  details: { at: number; message: string; stderr: string }[];
}

export type SchedulerEvent =
  | {
      type: 'job-added';
      job: ScheduledJob /** Blocks already finished (after a restart). */;
      finished: ReadonlySet<number>;
      counts: JobCounts;
    }
  | { type: 'job-cancelled'; job: JobNumber }
  /** After the store marked them. An ended job is made known again with `job-added` instead. */
  | {
      type: 'shards-retried';
      job: JobNumber;
      shards: readonly number[] | 'all';
      /** Blocks that the store still calls finished; left out, all that may hold such shards are claimed. */
      finished?: ReadonlySet<number>;
    }
  | {
      type: 'node-joined';
      node: NodeNumber;
      key: string;
      network: string | null;
      kinds: readonly ProgramKind[];
      threads: number;
      memoryMiB: number;
      projects: readonly string[] | null;
    }
  | { type: 'node-wants'; node: NodeNumber; threads: number; milliseconds: number }
  | { type: 'node-gone'; node: NodeNumber }
  | { type: 'submitted'; node: NodeNumber; claim: LeaseClaim; results: Results }
  | { type: 'renounced'; node: NodeNumber; leases: readonly LeaseClaim[] }
  | { type: 'resumed'; node: NodeNumber; leases: readonly LeaseClaim[] }
  /** How far the run of a shard has come; the size is bounded at the edge. */
  | {
      type: 'handed-over';
      node: NodeNumber;
      claim: LeaseClaim;
      shard: number;
      checkpoint: Uint8Array<ArrayBuffer>;
    }
  /** The store's answer to `claim-block`: what was already submitted for it. */
  | {
      type: 'block-claimed';
      job: JobNumber;
      block: number;
      /** In the order in which they were kept; what a retry opened again is cut out of those before it. */
      submissions: readonly SubmissionRecord[];
      /** Shards of the job that a retry opened and that have had no verdict since. */
      retried: readonly number[];
    }
  /** These blocks' last effects did not become durable: forget them and claim again. */
  | { type: 'blocks-lost'; blocks: readonly { job: JobNumber; block: number }[] }
  | { type: 'tick' };

export interface JobCounts {
  done: number;
  failed: number;
}

export type SchedulerEffect =
  | { type: 'claim-block'; job: JobNumber; block: number }
  | {
      type: 'lease';
      node: NodeNumber;
      claim: LeaseClaim;
      /** What the node goes on with; left out where it begins. */
      checkpoints?: readonly LeasedCheckpoint[];
    }
  /** To be made durable, in this order, in one transaction with what came with it. */
  | {
      type: 'keep-submission';
      submission: SubmissionRecord;
      /** As it came, to be handed in again where the block turns out to be another coordinator's. */
      handedIn: Results;
    }
  | { type: 'keep-verdicts'; verdicts: VerdictRecord }
  | { type: 'finish-block'; job: JobNumber; block: number }
  | { type: 'finish-job'; job: JobNumber; state: 'done' | 'expired' | 'cancelled' }
  /** After the transaction: tell the node that its submission is safe. */
  | { type: 'ack'; node: NodeNumber; lease: bigint; first: number; count: number }
  | {
      type: 'refuse';
      node: NodeNumber;
      lease: bigint;
      first: number;
      count: number;
      code: string;
      message: string;
    }
  | {
      type: 'revoke';
      node: NodeNumber;
      leases: readonly bigint[];
      reason: 'cancelled' | 'expired' | 'decided' | 'unknown';
    }
  /** Verdicts on a node's replicas: to be added to its lifelong totals, in the same transaction. */
  | { type: 'credit'; key: string; job: JobNumber; agreed: number; rejected: number }
  | {
      type: 'idle';
      node: NodeNumber;
      reason: 'no-jobs' | 'none-for-kind' | 'none-for-project' | 'waiting-for-others';
    };
