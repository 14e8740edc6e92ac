const BUCKET_MS = 1000;

/** Events a second over a sliding window, in buckets of a second. */
export class Rate {
  readonly #buckets: Float64Array;
  #latest = 0;
  #since = Number.POSITIVE_INFINITY;

  /** @param seconds length of the window */
  constructor(seconds: number) {
    this.#buckets = new Float64Array(seconds);
  }

  add(events: number, now: number): void {
    this.#advance(now);
    this.#since = Math.min(this.#since, now);
    this.#buckets[this.#latest % this.#buckets.length] += events;
  }

  /** Over the window, or over the time since the first event where that is shorter (a second at least). */
  perSecond(now: number): number {
    this.#advance(now);
    let sum = 0;
    for (const events of this.#buckets) sum += events;
    if (sum === 0) return 0;
    const window = this.#buckets.length * BUCKET_MS;
    const span = Math.min(window, Math.max(BUCKET_MS, now - this.#since));
    return (sum * 1000) / span;
  }

  #advance(now: number): void {
    const bucket = Math.floor(now / BUCKET_MS);
    const steps = Math.min(bucket - this.#latest, this.#buckets.length);
    for (let i = 0; i < steps; i++) this.#buckets[(bucket - i) % this.#buckets.length] = 0;
    this.#latest = Math.max(this.#latest, bucket);
  }
}
