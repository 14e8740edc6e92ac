import type { NodeNumber } from '../../scheduler/events.ts';
import { MAX_RETRY_MS } from '../limits.ts';

/** About how many nodes seek: those that did in this window of time or in the one before. */
export class RecentSeekers {
  #before = new Set<NodeNumber>();
  #lately = new Set<NodeNumber>();
  #since = Number.NEGATIVE_INFINITY;

  /** Counts a seek, and tells how many nodes seek. */
  count(node: NodeNumber, now: number): number {
    if (now - this.#since >= MAX_RETRY_MS) {
      this.#before = now - this.#since < 2 * MAX_RETRY_MS ? this.#lately : new Set();
      this.#lately = new Set();
      this.#since = now;
    }
    this.#lately.add(node);
    return Math.max(this.#before.size, this.#lately.size);
  }
}
