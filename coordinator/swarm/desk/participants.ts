import { MAX_PARTICIPANTS } from '../limits.ts';

/** Which nodes were given leases of which jobs in this run; the oldest are forgotten first. */
export class Participants {
  readonly #pairs = new Set<string>();
  readonly #most: number;

  constructor(most = MAX_PARTICIPANTS) {
    this.#most = most;
  }

  /** @param key of the node, in hexadecimal */
  note(job: string, key: string): void {
    const pair = `${job} ${key}`;
    this.#pairs.delete(pair);
    this.#pairs.add(pair);
    const [oldest] = this.#pairs;
    if (this.#pairs.size > this.#most) this.#pairs.delete(oldest);
  }

  has(job: string, key: string): boolean {
    return this.#pairs.has(`${job} ${key}`);
  }
}
