import type { Project } from '../../shared/api/schemas.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import type { BlobId, JobSpec, Take } from '../../shared/job/spec.ts';
import type { InputIndex } from '../../shared/job/view.ts';
import type { JobNumber, SubmissionRecord, VerdictRecord } from '../scheduler/events.ts';

/**
 * What the coordinator must not forget. Every implementation passes the contract suite beside
 * this file. Block claims carry a fencing number, so that several coordinators can share a store.
 */
export interface Store {
  /** Random bytes made at the first start: the key of the tickets' MACs, the same in every run. */
  readonly secret: Uint8Array;

  addRequester(requester: {
    name: string;
    tokenHash: string;
    admin: boolean;
  }): Promise<RequesterRow>;
  requesterByTokenHash(tokenHash: string): Promise<RequesterRow | null>;
  countRequesters(): Promise<number>;

  putProject(project: Project): Promise<void>;
  projects(): Promise<Project[]>;

  /**
   * Idempotent by (requester, idempotencyKey) where a key is given: the job it made then is returned.
   * `later` are the further stages, whose rows wait: all rows are made, or none.
   */
  addJob(job: NewJob, later?: readonly NewJob[]): Promise<JobRow>;
  job(id: string): Promise<JobRow | null>;
  /** Newest first. */
  jobs(filter: JobFilter): Promise<JobRow[]>;
  /** All stages of a job in order, by the id of the first; none for a job without stages. */
  stagesOf(first: string): Promise<JobRow[]>;
  /** A waiting stage begins, with the index of what it is given. Has no effect on another job. */
  startStage(job: JobNumber, index: InputIndex): Promise<void>;
  /** Of a job that runs or waits. */
  endJob(job: JobNumber, state: 'done' | 'cancelled' | 'expired', at: number): Promise<void>;

  /** Takes a block for this owner (fencing number grows with each claim) and reads back what was submitted for it. */
  claimBlock(job: JobNumber, block: number, owner: string): Promise<ClaimedBlock>;
  finishedBlocks(job: JobNumber): Promise<Set<number>>;
  /** Verdicts of touched blocks, summed over runs of `blocks` blocks; runs without any are left out. */
  blockCounts(job: JobNumber, blocks: number): Promise<BlockCounts[]>;

  /**
   * One durable transaction. All or nothing; when it resolves it survives a power cut.
   * @throws ManyhandsError `STORE_FULL` where the disk is full, `STORE_FENCED` where a block has another owner now.
   */
  commit(batch: CommitBatch): Promise<void>;

  /** Verdicts in log order after `after` (0 for the beginning), as many as fit `limitBytes`, at least one where there is one. */
  verdicts(job: JobNumber, after: number, limitBytes: number): Promise<LoggedVerdicts[]>;
  /** Verdicts of one block in log order. */
  blockVerdicts(job: JobNumber, block: number): Promise<LoggedVerdicts[]>;
  /** Outcomes of the shards (numbered within the block) that have a verdict and were not opened again. */
  shardStatuses(job: JobNumber, block: number): Promise<Map<number, number>>;
  /** All submissions of a block, as they came; `outputs` is empty, whatever the lengths, once it is finished. */
  submissionsOf(job: JobNumber, block: number): Promise<SubmissionRecord[]>;
  /**
   * Marks failed shards to be run again: their block is open again, and their job runs. Returns how
   * many there were. Whatever the caller holds of the job's verdicts is committed before.
   */
  retryShards(job: JobNumber, shards: readonly number[] | 'all'): Promise<number>;

  /**
   * Marks shards whose verdict stands to be run again, because an output that it refers to is lost.
   * Otherwise as `retryShards`.
   */
  reopenShards(job: JobNumber, shards: readonly number[]): Promise<number>;

  /**
   * Outputs that standing verdicts refer to and that are on nodes only, in order, after a number.
   * Released ones are left out.
   */
  outputsOnNodes(after: number, limit: number): Promise<NeededOutput[]>;
  /** Ids of the jobs that have such outputs. */
  jobsWithOutputsOnNodes(): Promise<string[]>;
  /** Standing verdicts that refer to this blob, those that were released last. */
  outputsOfBlob(blob: BlobId, limit: number): Promise<NeededOutput[]>;
  /**
   * Nobody needs what a job's verdicts refer to any more. Returns those of its blobs that are on
   * nodes only and that no other verdict needs; also where they were released before.
   */
  releaseOutputs(job: JobNumber): Promise<BlobId[]>;
  /** The coordinator has this blob now, for all verdicts that refer to it or will. */
  outputKept(blob: BlobId): Promise<void>;

  nodeTotals(key: string): Promise<{ agreed: number; rejected: number }>;

  close(): Promise<void>;
}

export interface RequesterRow {
  number: number;
  id: string;
  name: string;
  admin: boolean;
}

export interface JobFilter {
  /** Null for all. */
  requester: number | null;
  state?: JobRow['state'];
  /** A job in stages counts once: its first stage stands for it, and `state` is that of the whole. */
  folded?: boolean;
  limit: number;
  before?: JobNumber;
}

/** A job's place in a chain of stages. */
export interface StagePlace {
  /** Id of the first stage's job, which stands for the whole. */
  first: string;
  /** From 1. */
  number: number;
  of: number;
  name: string;
  /** Ids of the neighbours. */
  previous: string | null;
  next: string | null;
  /** What it is given of the stage before; null for the first. */
  take: Take | null;
}

export interface NewJob {
  id: string;
  requester: number;
  spec: JobSpec;
  shards: number;
  blockShards: number;
  index: InputIndex | null;
  /** Null for a job without stages. */
  stage: StagePlace | null;
  programBytes: number;
  createdAt: number;
  idempotencyKey: string | null;
}

export interface JobRow extends Omit<NewJob, 'idempotencyKey'> {
  number: JobNumber;
  /** `waiting`: for the stage before it. */
  state: 'waiting' | 'running' | 'done' | 'cancelled' | 'expired';
  endedAt: number | null;
  done: number;
  failed: number;
  computeMicros: number;
}

export interface ClaimedBlock {
  fence: number;
  /**
   * In the order in which they were kept. What a retry opened again is cut out of the submissions
   * before it, so a submission may come back as several, and replaying all of them gives the state
   * that the block had.
   */
  submissions: SubmissionRecord[];
  /** Shards (of the job) that a retry opened and that have had no verdict since. */
  retried: number[];
}

export interface CommitBatch {
  /** Every block that the batch touches, once, with the fencing number of its claim. */
  claims: { job: JobNumber; block: number; fence: number }[];
  submissions: SubmissionRecord[];
  verdicts: VerdictRecord[];
  finished: { job: JobNumber; block: number }[];
  credits: { key: string; agreed: number; rejected: number }[];
}

/** Shards with a verdict in one run of blocks, numbered from 0. */
export interface BlockCounts {
  run: number;
  done: number;
  failed: number;
}

/** A verdict record with its place in the job's log. */
export interface LoggedVerdicts {
  sequence: number;
  verdicts: VerdictRecord;
}

/** A blob that a verdict's output refers to. */
export interface NeededOutput {
  /** Its place in the order of all of them, for the next page. */
  number: number;
  job: JobNumber;
  jobId: string;
  block: number;
  /** Within the block. */
  shard: number;
  blob: BlobRef;
  /** Whether the coordinator has it. */
  kept: boolean;
  /** Whether nobody needs it for this verdict any more. */
  released: boolean;
}
