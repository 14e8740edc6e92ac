/** What every clock shows when a shard starts: 2025-01-01T00:00:00Z, in milliseconds since 1970. */
const CLOCK_START_MS = 1_735_689_600_000;
/**
 * Each reading is this much later than the one before. A millisecond makes a program that waits by
 * reading the clock go on soon, and keeps what it measures in the order of real times.
 */
export const CLOCK_STEP_MS = 1;

/** A clock that tells only how often it was read, so that replicas read equal times. */
export class Clock {
  #now = CLOCK_START_MS;

  /** Milliseconds since 1970. */
  read(): number {
    const now = this.#now;
    this.#now += CLOCK_STEP_MS;
    return now;
  }

  /** Milliseconds since 1970, without letting time pass. */
  get now(): number {
    return this.#now;
  }

  /** Puts the clock forward, never back: a sleep that takes no time. */
  advanceTo(time: number): void {
    if (time > this.#now) this.#now = time;
  }
}
