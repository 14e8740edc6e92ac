import type { ActiveJob } from './job.ts';
import type { Lease } from './lease.ts';
import type { Node } from './node.ts';
import { isProven } from './trouble.ts';

/** Computing that one lease is to give each thread: long against a round trip, short against a visit. */
const TARGET_MS = 2_000;
/** A job's leases grow by at most this factor over the largest one that came back. */
const GROWTH = 8;
/** Weight of the newest measurement. */
const NEWEST = 0.3;
/** One measurement moves an estimate by at most a factor of 4, so that no node can spoil it. */
const LARGEST_STEP = Math.log(4);
/** A node counts as at most 16 times slower or faster than usual. */
const LARGEST_SLOWNESS = Math.log(16);
/** Shards that were too quick for the clock count as this many microseconds. */
const SHORTEST_MICROS = 0.05;
/** Near its end a job is not cut finer than this for each thread: the round trip would cost more. */
const SMALLEST_MS = 50;
/** For the transfers of inputs and programs, and for a browser that was busy. */
const DEADLINE_SLACK_MS = 20_000;
/** Nodes run at a part of their speed at times (duty cycle, battery, other tabs). */
const DEADLINE_FACTOR = 6;

/** What is known of the time that a job's shards take. */
export interface Pace {
  /** Logarithm of the usual microseconds for a shard; NaN while nothing is known. */
  logMicros: number;
  /** Largest lease that came back whole. */
  proven: number;
}

export function newPace(): Pace {
  return { logMicros: Number.NaN, proven: 0 };
}

/** Milliseconds that this node is expected to take for a shard of this job; NaN while unknown. */
export function shardMs(job: ActiveJob, node: Node): number {
  return Math.exp(job.pace.logMicros + node.slowness) / 1000;
}

/**
 * Shards of the next lease: a few seconds of work for each thread, but one a thread as long as
 * nothing is known of the job or of the node with it, growing fast, and smaller again when a job's remaining work is to be shared
 * among the crowd.
 *
 * @param remaining replicas of the job that are neither leased nor done
 * @param nodes how many nodes share them
 */
export function leaseShards(job: ActiveJob, node: Node, remaining: number, nodes: number): number {
  const { pace } = job;
  const threads = Math.max(1, Math.min(node.wantedThreads, node.threads));
  const each = shardMs(job, node);
  if (isProbe(job, node)) return threads;
  const budget = Math.min(TARGET_MS * threads, Math.max(node.wantedMs, 1));
  const full = Math.max(threads, Math.floor(budget / each));
  const grown = Math.max(threads, pace.proven * GROWTH);
  const smallest = Math.max(1, Math.floor((SMALLEST_MS * threads) / each));
  const share = Math.max(smallest, Math.ceil(remaining / (2 * Math.max(1, nodes))));
  return Math.min(full, grown, share);
}

/** Whether the next lease is to show how long a shard takes, or that the node can run the job. */
export function isProbe(job: ActiveJob, node: Node): boolean {
  return Number.isNaN(job.pace.logMicros) || !isProven(job, node);
}

/** When a lease is over: soft, as what comes later still counts for shards without a verdict. */
export function leaseDeadline(
  job: ActiveJob,
  node: Node,
  count: number,
  expectedMs: number,
  now: number,
): number {
  const shardsInTurn = Math.ceil(count / node.threads);
  const ms = expectedMs > 0 ? DEADLINE_FACTOR * expectedMs : job.spec.timeMs * shardsInTurn;
  const wall = (node.heldMs * DEADLINE_FACTOR) / node.threads;
  const perThread = expectedMs > 0 ? ms / Math.min(node.threads, count) : ms;
  const deadline = Math.ceil(now + DEADLINE_SLACK_MS + wall + perThread);
  return job.spec.deadline === null ? deadline : Math.min(deadline, job.spec.deadline);
}

/** Learns from results: `micros` of computing for `count` shards. */
export function learnPace(job: ActiveJob, node: Node, count: number, micros: number): void {
  const { pace } = job;
  const sample = Math.min(Math.max(micros / count, SHORTEST_MICROS), job.spec.timeMs * 1000);
  const log = Math.log(sample);
  if (Number.isNaN(pace.logMicros)) pace.logMicros = log - node.slowness;
  else {
    pace.logMicros += NEWEST * clamp(log - node.slowness - pace.logMicros, LARGEST_STEP);
    const slowness =
      node.slowness + NEWEST * clamp(log - pace.logMicros - node.slowness, LARGEST_STEP);
    node.slowness = clamp(slowness, LARGEST_SLOWNESS);
  }
}

/** Learns that leases of this size come back. */
export function provenSize(job: ActiveJob, lease: Lease): void {
  job.pace.proven = Math.max(job.pace.proven, lease.claim.count);
}

function clamp(value: number, bound: number): number {
  return Math.max(-bound, Math.min(bound, value));
}
