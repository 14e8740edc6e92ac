import {
  RELAY_RETRY_MAX_MS,
  RELAY_RETRY_MS,
  RESERVATION_POLL_MS,
  RESERVATION_WAIT_MS,
} from './timing.ts';

export interface RelayKeeperOptions {
  /** Connects to the relay; resolves once connected. */
  connect(): Promise<void>;
  /** Ends the connection to the relay, if there is one. */
  disconnect(): Promise<void>;
  /** Whether peers can reach this node through the relay now. */
  reachable(): boolean;
  onReachable(reachable: boolean): void;
  /** Between 0 and 1. */
  random(): number;
}

/**
 * Stays at the relay: dials it, sees that it gives this node a place, and comes back with growing
 * waits when it was lost. Direct connections have nothing to do with it.
 */
export class RelayKeeper {
  readonly #options: RelayKeeperOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  /** Dials under way: one, or more where this node was told to go while it went. */
  #dialling = 0;
  #told = false;
  #stopped = false;

  constructor(options: RelayKeeperOptions) {
    this.#options = options;
  }

  /** Goes to the relay now, from wherever it was. */
  go(): void {
    this.#failures = 0;
    void this.#dial();
  }

  /** Something about the connection to the relay has changed. */
  changed(): void {
    if (this.#stopped) return;
    const reachable = this.#options.reachable();
    if (reachable === this.#told) return;
    this.#told = reachable;
    this.#options.onReachable(reachable);
    if (reachable) {
      this.#failures = 0;
      clearTimeout(this.#timer);
    } else if (this.#dialling === 0) this.#again();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #dial(): Promise<void> {
    clearTimeout(this.#timer);
    this.#dialling++;
    try {
      await this.#options.disconnect();
      await this.#options.connect();
    } catch {
      return this.#again();
    } finally {
      this.#dialling--;
    }
    this.#await(RESERVATION_WAIT_MS);
  }

  /** Connected is not enough: where no place is given in time, the next try begins from nothing. */
  #await(left: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.changed();
    if (this.#told) return;
    // libp2p's own news of it comes a second late.
    if (left > 0)
      this.#timer = setTimeout(() => this.#await(left - RESERVATION_POLL_MS), RESERVATION_POLL_MS);
    else this.#again();
  }

  #again(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    const wait = Math.min(RELAY_RETRY_MS * 2 ** this.#failures++, RELAY_RETRY_MAX_MS);
    this.#timer = setTimeout(() => void this.#dial(), wait * (0.5 + this.#options.random()));
  }
}
