import { HARD_MISSES, MEETING_MS } from '../limits.ts';
import type { TrackedNode } from './tracked-node.ts';

/** Two nodes that were introduced, and what came of it; both keep it, so that it counts once. */
export class Meeting {
  /** When they were introduced. */
  readonly at: number;
  readonly #ends: readonly [TrackedNode, TrackedNode];
  #outcome: 'linked' | 'missed' | null = null;

  constructor(one: TrackedNode, other: TrackedNode, at: number) {
    this.#ends = [one, other];
    this.at = at;
  }

  /**
   * One of the two says whether they are linked now; a link is believed late, too, for a dial may be
   * slow. Whom that is news about.
   */
  report(linked: boolean, now: number): readonly TrackedNode[] {
    const [one, other] = this.#ends;
    if (this.#outcome === 'linked') return [];
    if (linked) {
      if (this.#outcome === 'missed') for (const { reach } of this.#ends) reach.missed--;
      this.#outcome = 'linked';
      for (const { reach } of this.#ends) reach.met++;
      if (other.reach.isHard) one.reach.metHard++;
      if (one.reach.isHard) other.reach.metHard++;
    } else if (this.#outcome === null && now - this.at >= MEETING_MS && !one.gone && !other.gone) {
      this.#outcome = 'missed';
      for (const { reach } of this.#ends) reach.missed++;
    } else return [];
    return this.#ends;
  }
}

/**
 * How easily a node is met, by what came of its introductions. It orders whom a node is introduced
 * to and keeps nobody away, so that lies about it gain and cost little.
 */
export class Reach {
  /** Introductions that became links, and those that did not. */
  met = 0;
  missed = 0;
  /** Links with nodes that are hard to meet. */
  metHard = 0;

  /** Most of its introductions fail: its router lets in hardly anybody. */
  get isHard(): boolean {
    return this.missed >= HARD_MISSES && this.missed > HARD_MISSES * this.met;
  }

  /** Those who are hard to meet have met it: it lets everybody in. */
  get isOpen(): boolean {
    return this.metHard > 0 && !this.isHard;
  }
}
