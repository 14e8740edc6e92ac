import type { JobView } from '../../shared/job/view.ts';

/** Everything a program may see, decided before it starts. */
export interface Loaded {
  job: JobView;
  program: Uint8Array<ArrayBuffer>;
  /** Blobs that `job.files` names, by id. */
  blobs: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** One shard to run. */
export interface ShardRun {
  /** Number of the shard in its job. */
  shard: number;
  /** Template fields of this shard's input: see `shared/job/inputs.ts`. */
  fields: Readonly<Record<string, string | number | Uint8Array>>;
  /** What an earlier, interrupted run of this shard left in `/checkpoint`. */
  checkpoint: Uint8Array<ArrayBuffer> | null;
  /** Called each time the program has completed a write of `/checkpoint`. */
  onCheckpoint(bytes: Uint8Array<ArrayBuffer>): void;
}

/** How a run ended. `output` is canonical (see `shared/verdict/output.ts`), empty unless it counts. */
export interface RunResult {
  outcome: number;
  output: Uint8Array;
  /** For people, on failure: what went wrong, and the end of stderr. */
  message: string;
  stderr: string;
}

/** A program made ready once and run for many shards. */
export interface Instance {
  run(shard: ShardRun): RunResult | Promise<RunResult>;
}

/**
 * One kind of program. An executor runs inside the sandboxed worker (or a worker thread of a
 * headless node), so it may block; whoever started it watches the clock and kills the worker.
 * @throws ManyhandsError `PROGRAM_INVALID` from `prepare` where the program can never run.
 */
export interface Executor {
  prepare(loaded: Loaded): Promise<Instance>;
}
