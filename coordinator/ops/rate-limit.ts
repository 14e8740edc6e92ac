/** Seconds' worth of requests that may come at once after a quiet time: a page that loads. */
const BURST_SECONDS = 5;
/** Callers remembered; beyond it the longest silent ones are forgotten, which only favours them. */
const MAX_CALLERS = 100_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** A token bucket for each caller. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Takes one request of `caller` at `now` (milliseconds). Returns 0, or milliseconds to wait. */
  take(caller: string, now: number): number {
    const capacity = this.#perSecond * BURST_SECONDS;
    const bucket = this.#buckets.get(caller) ?? { tokens: capacity, at: now };
    const gained = (Math.max(0, now - bucket.at) / 1000) * this.#perSecond;
    bucket.tokens = Math.min(capacity, bucket.tokens + gained);
    bucket.at = now;
    // Set anew, so that the map stays in order of use.
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    if (this.#buckets.size > MAX_CALLERS) this.#forgetOldest();
    if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / this.#perSecond) * 1000);
    bucket.tokens -= 1;
    return 0;
  }

  #forgetOldest(): void {
    for (const caller of this.#buckets.keys()) {
      this.#buckets.delete(caller);
      return;
    }
  }
}
