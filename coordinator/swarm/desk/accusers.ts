import type { SwarmNode } from '../ports.ts';
import { TokenBucket } from '../token-bucket.ts';

/** Accusations of one network that are believed at once: more liars than an honest node meets in a visit. */
export const BELIEVED_AT_ONCE = 4;
/** Then one more each ten minutes. */
const BELIEVED_PER_SECOND = 1 / 600;
/** Networks whose accusations are remembered; those that were silent longest are forgotten first. */
const MAX_ACCUSERS = 10_000;

/**
 * Whose accusations are believed. They cannot be proven, and cost nothing: without a bound two
 * hostile nodes on two networks could have everybody banned whom they meet.
 */
export class Accusers {
  readonly #networks = new Map<string, TokenBucket>();

  /** Whether one more accusation of this node's network counts; it is counted then. */
  believes({ network, key }: SwarmNode, now: number): boolean {
    const name = network ?? key;
    const bucket =
      this.#networks.get(name) ?? new TokenBucket(BELIEVED_AT_ONCE, BELIEVED_PER_SECOND);
    this.#networks.delete(name);
    this.#networks.set(name, bucket);
    const [silent] = this.#networks.keys();
    if (this.#networks.size > MAX_ACCUSERS) this.#networks.delete(silent);
    if (bucket.available(now) < 1) return false;
    bucket.take(1, now);
    return true;
  }
}
