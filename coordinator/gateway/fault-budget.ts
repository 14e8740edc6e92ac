import { FAULT_BURST, FAULT_FORGOTTEN_MS } from './limits.ts';

/** Counts the faults of one connection; they are forgotten with time. */
export class FaultBudget {
  #faults = 0;
  #at = 0;

  /** Notes a fault at `now` (milliseconds). False where it was one too many. */
  spend(now: number): boolean {
    this.#faults = Math.max(0, this.#faults - (now - this.#at) / FAULT_FORGOTTEN_MS) + 1;
    this.#at = now;
    return this.#faults <= FAULT_BURST;
  }
}
