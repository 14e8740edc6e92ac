/** Seconds of the rate that may go at once after a pause. */
const BURST_SECONDS = 1;

/**
 * A cap on bytes a second. May be overdrawn by one message: it is open while anything is left, so
 * that a message larger than the burst goes too, and the debt is waited for. Time is handed in, in
 * milliseconds.
 */
export class TokenBucket {
  #rate: number | null;
  #tokens: number;
  #at = 0;

  /** @param rate bytes a second; null for no cap */
  constructor(rate: number | null) {
    this.#rate = rate;
    this.#tokens = (rate ?? 0) * BURST_SECONDS;
  }

  setRate(rate: number | null, now: number): void {
    this.#refill(now);
    this.#rate = rate;
    this.#tokens = Math.min(this.#tokens, (rate ?? 0) * BURST_SECONDS);
  }

  open(now: number): boolean {
    this.#refill(now);
    return this.#rate === null || this.#tokens > 0;
  }

  take(bytes: number, now: number): void {
    this.#refill(now);
    if (this.#rate !== null) this.#tokens -= bytes;
  }

  /** When it is open next: `now` where it is; infinity at a rate of zero. */
  openAt(now: number): number {
    if (this.open(now) || this.#rate === null) return now;
    return now + Math.ceil(((1 - this.#tokens) / this.#rate) * 1000);
  }

  #refill(now: number): void {
    const seconds = Math.max(0, now - this.#at) / 1000;
    this.#at = Math.max(this.#at, now);
    if (this.#rate !== null)
      this.#tokens = Math.min(this.#rate * BURST_SECONDS, this.#tokens + seconds * this.#rate);
  }
}
