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

/** A node's bad luck with one job. */
export interface Trouble {
  /** Submissions in a row of which every run crashed or ran out of time or memory. */
  failures: number;
  /** Until when it is not given more of the job. */
  until: number;
}

/**
 * Remembers whether a node can run a job at all: one that fails at once would otherwise come back
 * for more at once, and use up the attempts of shards that others could run.
 */
export function noteTrouble(job: ActiveJob, node: Node, { statuses }: Results, now: number): void {
  const { job: number } = job.spec;
  if (!statuses.every(isTransient)) {
    node.troubles.delete(number);
    return;
  }
  const failures = (node.troubles.get(number)?.failures ?? 0) + 1;
  const rest = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (failures - PATIENCE));
  node.troubles.set(number, { failures, until: failures < PATIENCE ? now : now + rest });
}

/** Whether a node is to rest from a job now. */
export function isTroubled(job: ActiveJob, node: Node, now: number): boolean {
  return node.troubles.size > 0 && (node.troubles.get(job.spec.job)?.until ?? 0) > now;
}
