import type { JobNumber } from '../../scheduler/events.ts';
import { MAX_LOSSES_KNOWN, MAX_REOPENED } from './limits.ts';

/** How often the output of a shard was lost: nodes that only say they hold it must not keep others busy. */
export class Losses {
  readonly #counts = new Map<string, number>();

  /** Counts one more; false where it was lost too often to try again. */
  count(job: JobNumber, shard: number): boolean {
    const key = `${job}/${shard}`;
    const losses = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.delete(key);
    this.#counts.set(key, losses);
    if (this.#counts.size > MAX_LOSSES_KNOWN)
      this.#counts.delete(this.#counts.keys().next().value as string);
    return losses <= MAX_REOPENED;
  }
}
