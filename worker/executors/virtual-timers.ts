import type { Clock } from './clock.ts';

interface Timer {
  id: number;
  /** Milliseconds since 1970 on the shard's clock. */
  at: number;
  /** Milliseconds between calls, null for one call. */
  every: number | null;
  call: () => void;
}

/**
 * `setTimeout` and `setInterval` on a shard's own clock: when a program has nothing else to do, time
 * jumps to the next timer. Waiting costs nothing, and timers fire in the same order everywhere.
 */
export class VirtualTimers {
  #clock: Clock;
  #timers: Timer[] = [];
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Forgets all timers: a new shard begins. */
  reset(clock: Clock): void {
    this.#clock = clock;
    this.#timers = [];
    this.#lastId = 0;
  }

  readonly set = (callback: unknown, delay?: unknown, ...args: unknown[]): number =>
    this.#add(callback, delay, args, false);

  readonly setRepeating = (callback: unknown, delay?: unknown, ...args: unknown[]): number =>
    this.#add(callback, delay, args, true);

  readonly clear = (id: unknown): void => {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  };

  /** Lets time pass to the next timer and returns its callback; null where there is none. */
  next(): (() => void) | null {
    let first: Timer | null = null;
    // In the order in which they were set, so that the first of equals wins.
    for (const timer of this.#timers) if (!first || timer.at < first.at) first = timer;
    if (!first) return null;
    this.#timers.splice(this.#timers.indexOf(first), 1);
    this.#clock.advanceTo(first.at);
    if (first.every !== null) this.#timers.push({ ...first, at: this.#clock.now + first.every });
    return first.call;
  }

  #add(callback: unknown, delay: unknown, args: unknown[], repeating: boolean): number {
    if (typeof callback !== 'function') throw new TypeError('A timer needs a function.');
    // At least 1, so that a repeated one lets time pass.
    const milliseconds = Math.max(1, Math.trunc(Number(delay) || 0));
    this.#timers.push({
      id: ++this.#lastId,
      at: this.#clock.now + milliseconds,
      every: repeating ? milliseconds : null,
      call: () => callback(...args),
    });
    return this.#lastId;
  }
}
