import type { Slices } from '../../shared/job/slices.ts';
import type { JobView } from '../../shared/job/view.ts';

/** Contiguous shards for one runner to run one after the other. */
export interface Batch {
  /** Chosen by the caller; comes back with every report. */
  id: number;
  jobId: string;
  first: number;
  count: number;
  /**
   * Content of file-backed shards: shard `first + k` is `bytes[starts[k] .. starts[k + 1]]`;
   * `offset` is the place of `bytes[0]` in the input file, 0 for whole files.
   */
  content: Slices | null;
  /** For the first shard only. */
  checkpoint: Uint8Array<ArrayBuffer> | null;
  /** Report after every shard, so that one which never ends can be told by its silence. */
  isolate: boolean;
  /** Give the stderr of shards that end well, too. */
  keepStderr?: boolean;
}

/** Results of contiguous shards of a batch, in order, columns as in a submission but for digests. */
export interface BatchReport {
  batch: number;
  first: number;
  count: number;
  statuses: Uint8Array<ArrayBuffer>;
  /** u32 in the machine's order. */
  lengths: Uint32Array<ArrayBuffer>;
  outputs: Uint8Array<ArrayBuffer>;
  details: { at: number; message: string; stderr: string }[];
  computeMicros: number;
}

export interface RunnerEvents {
  /** The runner has no program loaded and can take one; again after every kill. */
  onReady(): void;
  onReport(report: BatchReport): void;
  onCheckpoint(batch: number, shard: number, bytes: Uint8Array<ArrayBuffer>): void;
  /** The sandbox broke down by itself. Whatever was running is lost. */
  onDied(reason: string): void;
}

/**
 * One execution slot: a sandboxed worker that can be killed at any time. Batches are queued and
 * run in order; a report comes at the latest every 20 ms of computing, or after each shard that
 * takes longer. Nothing here watches the clock: the engine does, and kills.
 */
export interface Runner {
  /**
   * Makes the program of a job ready; replaces the one before.
   * Rejects with `PROGRAM_INVALID` where no node can run it (`facts.reason` is the code that says
   * why), and with `SANDBOX_LOST` where this sandbox was killed or broke down while loading.
   */
  load(
    job: JobView,
    program: Uint8Array<ArrayBuffer>,
    blobs: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  ): Promise<void>;
  run(batch: Batch): void;
  /** Stops everything at once; the slot becomes ready again with a new worker. */
  kill(): void;
  /** Stops for good. */
  dispose(): void;
}
