import { isTransient } from '../../shared/verdict/outcome.ts';
import type { Results } from './events.ts';
import type { ActiveJob } from './job.ts';
import type { Node } from './node.ts';

/** Submissions in a row that may fail wholly before a node is given a rest from a job. */
const PATIENCE = 3;
/** The first rest, in milliseconds; each further failure doubles it ... */
const FIRST_REST_MS = 1_000;
/** ... up to this, so that a job that fails everywhere still comes to its end. */
const LONGEST_REST_MS = 30_000;

/** How a node gets on with one job. */
export interface JobRecord {
  /** Its latest submissions, in a row, of which every run crashed or ran out of time or memory. */
  failures: number;
  /** Until when it is not given more of the job. */
  restsUntil: number;
}

/**
 * Remembers whether a node can run a job at all: one that fails at once would otherwise come back
 * for more at once, and use up the attempts of shards that others could run.
 */
export function noteResults(job: ActiveJob, node: Node, { statuses }: Results, now: number): void {
  const { job: number } = job.spec;
  const before = node.records.get(number)?.failures ?? 0;
  const failures = statuses.every(isTransient) ? before + 1 : 0;
  const rest = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (failures - PATIENCE));
  node.records.set(number, { failures, restsUntil: failures < PATIENCE ? now : now + rest });
}

/** Whether the node's latest results show that it can run the job. */
export function isProven(job: ActiveJob, node: Node): boolean {
  return node.records.get(job.spec.job)?.failures === 0;
}

/** Whether a node is to rest from a job now. */
export function rests(job: ActiveJob, node: Node, now: number): boolean {
  return (node.records.get(job.spec.job)?.restsUntil ?? 0) > now;
}
