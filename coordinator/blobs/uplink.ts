import { setTimeout as sleep } from 'node:timers/promises';
import { TokenBucket } from '../swarm/token-bucket.ts';

/** Bytes that one response sends in its turn: small, so that small files pass between large ones. */
const TURN_BYTES = 64 * 1024;
/** Seconds of the rate that may go out at once: half, so that a second never shows more than 1.5. */
const BURST_SECONDS = 0.5;

export interface UplinkOptions {
  /** Of all responses together; 0 for no bound. */
  bytesPerSecond: number;
  /** Milliseconds, on a clock that is never set back. */
  now: () => number;
  /** Told of all bytes that go out. */
  onSent: (bytes: number) => void;
  /** Waits; handed in so that tests need no real time. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * The rate at which blobs go out: responses take turns of a few KiB each, so that all get an equal
 * share and a program of some KiB does not wait behind a data set.
 */
export class Uplink {
  readonly #options: UplinkOptions;
  readonly #bucket: TokenBucket | null;
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** The turns follow each other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: UplinkOptions) {
    const { bytesPerSecond } = options;
    this.#options = options;
    const burst = Math.max(TURN_BYTES, bytesPerSecond * BURST_SECONDS);
    this.#bucket = bytesPerSecond === 0 ? null : new TokenBucket(burst, bytesPerSecond);
    this.#sleep = options.sleep ?? ((ms, signal) => sleep(ms, undefined, { signal }));
  }

  /**
   * Bytes at this uplink's rate, counted. Ends early, without error, with the signal.
   * @param open called when the first of them is wanted, so that nothing is left open that is not
   */
  async *send(
    open: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for await (const piece of open())
      for (let at = 0; at < piece.length; at += TURN_BYTES) {
        const part = this.#bucket ? piece.subarray(at, at + TURN_BYTES) : piece;
        if (this.#bucket) await this.#takeTurn(part.length, signal);
        if (signal.aborted) return;
        this.#options.onSent(part.length);
        yield part as Uint8Array<ArrayBuffer>;
        if (!this.#bucket) break;
      }
  }

  #takeTurn(bytes: number, signal: AbortSignal): Promise<void> {
    const turn = this.#turn.then(() => this.#take(bytes, signal));
    this.#turn = turn;
    return turn;
  }

  async #take(bytes: number, signal: AbortSignal): Promise<void> {
    const bucket = this.#bucket as TokenBucket;
    if (signal.aborted) return;
    const wait = bucket.msUntil(bytes, this.#options.now());
    if (wait > 0) await this.#sleep(wait, signal).catch(() => {});
    if (!signal.aborted) bucket.take(bytes, this.#options.now());
  }
}
