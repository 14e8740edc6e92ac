import type { CoordinatorFrame, NodeFrame } from '../../shared/protocol/frames.ts';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';

/** What either end of a connection hears. */
export interface LinkEnds {
  toNode(frame: CoordinatorFrame): void;
  toCoordinator(frame: NodeFrame): void;
  /** The node finds that the connection is gone. */
  nodeClosed(): void;
  /** The coordinator finds that the connection is gone. */
  coordinatorClosed(): void;
}

/** Share of submissions that arrive twice, as after a retry below us. */
const TWICE = 0.01;

/**
 * One connection: frames arrive in order, each a while after it was sent, until it breaks; then
 * what is on its way is lost, and each side finds out in its own time.
 */
export class Link {
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #ends: LinkEnds;
  readonly #latency: number;
  /** When the last frame in each direction arrives: none overtakes another. */
  #upUntil = 0;
  #downUntil = 0;
  #broken = false;

  constructor(timeline: Timeline, random: Random, ends: LinkEnds) {
    this.#timeline = timeline;
    this.#random = random;
    this.#ends = ends;
    this.#latency = random.between(5, 200);
  }

  /** A frame of the node's. */
  up(frame: NodeFrame): void {
    const copies = frame.type === 'submit' && this.#random.chance(TWICE) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      this.#upUntil = Math.max(this.#upUntil, this.#timeline.now + this.#delay());
      this.#timeline.at(this.#upUntil, () => {
        if (!this.#broken) this.#ends.toCoordinator(frame);
      });
    }
  }

  /** A frame of the coordinator's. */
  down(frame: CoordinatorFrame): void {
    this.#downUntil = Math.max(this.#downUntil, this.#timeline.now + this.#delay());
    this.#timeline.at(this.#downUntil, () => {
      if (!this.#broken) this.#ends.toNode(frame);
    });
  }

  /**
   * The connection is gone.
   * @param nodeAfter milliseconds until the node notices, null for never
   * @param coordinatorAfter likewise for the coordinator
   */
  break(nodeAfter: number | null, coordinatorAfter: number | null): void {
    if (this.#broken) return;
    this.#broken = true;
    if (nodeAfter !== null) this.#timeline.after(nodeAfter, () => this.#ends.nodeClosed());
    if (coordinatorAfter !== null)
      this.#timeline.after(coordinatorAfter, () => this.#ends.coordinatorClosed());
  }

  #delay(): number {
    // Now and then a frame hangs for seconds, as on a bad mobile connection.
    const hang = this.#random.chance(0.002) ? this.#random.wait(3_000) : 0;
    return this.#latency * this.#random.between(0.5, 1.5) + hang;
  }
}
