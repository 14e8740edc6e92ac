import { SEED_BURST_SECONDS, SEED_LEAD_BYTES, SEED_WAITING_MS } from '../limits.ts';
import { TokenBucket } from '../token-bucket.ts';
import type { BlobSwarm } from './blob-swarm.ts';

/** Room for a chunk, however low the rate is. */
const MIN_BURST_BYTES = 256 * 1024;

/**
 * How fast chunks are granted in all, shared between the blobs that wait: each blob's grants are
 * counted on a clock of its own, and none runs far ahead of the one that is most behind
 * (start-time fair queueing).
 */
export class SeedRate {
  readonly #bytesPerSecond: number;
  readonly #bucket: TokenBucket;
  readonly #clocks = new WeakMap<BlobSwarm, number>();
  /** Blobs whose seekers were granted less than they asked for, and until when they count. */
  readonly #waiting = new Map<BlobSwarm, number>();
  /** Clock of who was granted last: who begins now begins there, with nothing saved up. */
  #clock = 0;

  /** @param bytesPerSecond 0 for no bound */
  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
    const burst = Math.max(MIN_BURST_BYTES, bytesPerSecond * SEED_BURST_SECONDS);
    this.#bucket = new TokenBucket(burst, bytesPerSecond);
  }

  /** Bytes that may be granted of this blob now. */
  allowance(swarm: BlobSwarm, now: number): number {
    if (this.#bytesPerSecond === 0) return Number.POSITIVE_INFINITY;
    const clock = this.#clockOf(swarm);
    const lead = clock - this.#mostBehind(clock, now);
    return Math.max(0, Math.min(this.#bucket.available(now), SEED_LEAD_BYTES - lead));
  }

  /** @param satisfied whether its seeker was granted all that it could have been */
  granted(swarm: BlobSwarm, bytes: number, satisfied: boolean, now: number): void {
    if (this.#bytesPerSecond === 0) return;
    const clock = this.#clockOf(swarm);
    if (bytes > 0) this.#clock = Math.max(this.#clock, clock);
    this.#bucket.take(bytes, now);
    this.#clocks.set(swarm, clock + bytes);
    if (satisfied) this.#waiting.delete(swarm);
    else this.#waiting.set(swarm, now + SEED_WAITING_MS);
  }

  /** Milliseconds in which each of so many seekers can be granted `bytes`. */
  roundMs(seekers: number, bytes: number): number {
    return this.#bytesPerSecond === 0 ? 0 : ((seekers * bytes) / this.#bytesPerSecond) * 1000;
  }

  #clockOf(swarm: BlobSwarm): number {
    const own = this.#clocks.get(swarm) ?? 0;
    return this.#waiting.has(swarm) ? own : Math.max(own, this.#clock);
  }

  /** The least clock of all that wait, and the given one. */
  #mostBehind(clock: number, now: number): number {
    let least = clock;
    for (const [other, until] of this.#waiting)
      if (until <= now || other.size === 0) this.#waiting.delete(other);
      else least = Math.min(least, this.#clocks.get(other) ?? 0);
    return least;
  }
}
