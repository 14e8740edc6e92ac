/** What is known before a job is posted. */
export interface EstimateFacts {
  shards: number;
  /** Time of the shard that was tried, in milliseconds. */
  shardMs: number;
  replicas: number;
  quorum: number;
  /** Threads that the network offers now. */
  threads: number;
}

/** An honest range, in milliseconds. */
export interface Estimate {
  /** Computing time of all replicas together, on devices like this one. */
  computeMs: number;
  /** Null where nobody is there to compute. */
  wall: { least: number; most: number } | null;
}

/**
 * Devices differ by about this factor, other jobs want their share, some replicas must be repeated:
 * the long end of the range assumes that all of that happens.
 */
const WORST_FACTOR = 5;
/**
 * A program's first run in a fresh sandbox, as the trial is, is slower than the runs after it, often
 * by half; and many devices are quicker than this one.
 */
const BEST_FACTOR = 0.4;
/** Handing out and taking back work cost time even where computing costs none. */
const OVERHEAD_MS = 1000;

/** How long a job will take if the shard that was tried is like the others and the crowd stays. */
export function estimate(facts: EstimateFacts): Estimate {
  const { shards, shardMs, replicas, quorum, threads } = facts;
  const computeMs = shards * shardMs * replicas;
  if (threads === 0) return { computeMs, wall: null };
  // No shard is done sooner than its own time, however many threads there are.
  const least =
    Math.max(shardMs, (shards * shardMs * quorum) / threads) * BEST_FACTOR + OVERHEAD_MS;
  const most = Math.max(shardMs, computeMs / threads) * WORST_FACTOR + OVERHEAD_MS;
  return { computeMs, wall: { least, most } };
}
