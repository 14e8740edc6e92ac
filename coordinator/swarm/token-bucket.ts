/** A rate with a burst: `capacity` at once, `perSecond` over time. Time is handed in. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perSecond: number;
  #tokens: number;
  #at = Number.NEGATIVE_INFINITY;

  constructor(capacity: number, perSecond: number) {
    this.#capacity = capacity;
    this.#perSecond = perSecond;
    this.#tokens = capacity;
  }

  /** Tokens that may be taken at `now` (milliseconds); negative after an overdraft. */
  available(now: number): number {
    if (now > this.#at) {
      const gained = ((now - this.#at) / 1000) * this.#perSecond;
      this.#tokens = Math.min(this.#capacity, this.#tokens + gained);
      this.#at = now;
    }
    return this.#tokens;
  }

  /** Takes tokens, whether they are there or not. */
  take(tokens: number, now: number): void {
    this.#tokens = this.available(now) - tokens;
  }

  /** Milliseconds from `now` on until so many are there. */
  msUntil(tokens: number, now: number): number {
    return Math.max(0, ((tokens - this.available(now)) / this.#perSecond) * 1000);
  }
}
