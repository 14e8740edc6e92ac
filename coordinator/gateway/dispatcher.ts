import type { Mosaic } from '../../shared/api/schemas.ts';
import type { JobRow, Store } from '../store/store.ts';
import type {
  DispatcherCounters,
  DispatcherHealth,
  JobListener,
  JobProgress,
  NetworkNow,
  NodeNow,
} from './live.ts';

export interface DispatcherOptions {
  store: Store;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Name of this coordinator in block claims. */
  owner: string;
}

/**
 * Owns the scheduler: feeds it what happens, and carries out what it answers. Whatever must not be
 * forgotten goes into group commits; acknowledgements follow them.
 */
export declare class Dispatcher {
  constructor(options: DispatcherOptions);
  /** Takes up the jobs that were running. Nodes may connect once this has resolved. */
  start(): Promise<void>;
  /** Stops leasing, finishes what is being written. */
  stop(): Promise<void>;

  /** Makes a job that was just stored (or retried) known. Nothing happens where it is known already. */
  addJob(row: JobRow): Promise<void>;
  /** Ends a running job; resolves when that is durable. */
  cancelJob(row: JobRow): Promise<void>;
  /** Opens failed shards again, and their job where it had ended. Resolves to how many there were. */
  retryShards(row: JobRow, shards: readonly number[] | 'all'): Promise<number>;

  /** Of a running or an ended job. */
  progress(row: JobRow): JobProgress;
  /** `cells` equal ranges of the job's shards with their counts. */
  mosaic(row: JobRow, cells: number): Promise<Mosaic>;
  /** Calls back when this job's counts or state changed. Returns the way to stop that. */
  onJobChange(listener: JobListener): () => void;

  network(): NetworkNow;
  nodes(): NodeNow[];
  /** Running jobs of each project by its id. */
  activeJobs(): Map<string, number>;
  health(): DispatcherHealth;
  counters(): DispatcherCounters;
}
