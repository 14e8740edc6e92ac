import type { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import { CHUNK_BYTES } from '../../../shared/blob/chunks.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import { MANIFEST_CHUNK } from '../peers/peer-frames.ts';
import type { BlobState } from './blob-state.ts';
import {
  ABSENT_SHARE,
  ABSENT_STRIKES,
  BUSY_PAUSE_MS,
  FIRST_TIMEOUT_MS,
  FIRST_WINDOW,
  MAX_BUSY_PAUSE_MS,
  MAX_TIMEOUT_MS,
  MIN_TIMEOUT_MS,
  RATE_WEIGHT,
  TIMEOUT_FACTOR,
  TIMEOUT_PAUSE_MS,
  TIMEOUT_SLACK_MS,
  WINDOW_MS,
} from './limits.ts';

/** A request that a peer has not answered. */
export interface Flight {
  blob: BlobState;
  chunk: number;
  askedAt: number;
  deadline: number;
}

/** Fewest and most requests in flight to one peer. */
export interface WindowBounds {
  minWindow: number;
  maxWindow: number;
}

/** A peer that is linked or being dialled: what it holds, how fast it is, what it was asked. */
export class Peer {
  readonly id: string;
  /** Since when it is dialled or linked. */
  since: number;
  linked = false;
  /** Jobs of which both may ask. */
  readonly jobs = new Set<string>();
  /** Jobs that it was dialled for. */
  readonly dialled = new Set<string>();
  readonly holds = new Map<BlobId, ChunkSet>();
  /** What it said of blobs that are not joined here. */
  readonly early = new Map<BlobId, Uint8Array>();
  /** Oldest first. */
  readonly flights: Flight[] = [];
  window: number;
  /** Bytes a millisecond; zero where not known. */
  rate = 0;
  /** Last time that a good chunk came of it; before the first, since when it is linked. */
  usefulAt: number;
  /** Nothing is asked of it before this. */
  pausedUntil = 0;
  timeouts = 0;
  readonly #bounds: WindowBounds;
  #received = 0;
  #absent = 0;
  #busyPause = BUSY_PAUSE_MS;

  constructor(id: string, now: number, bounds: WindowBounds) {
    this.id = id;
    this.since = now;
    this.usefulAt = now;
    this.#bounds = bounds;
    this.window = Math.min(Math.max(FIRST_WINDOW, bounds.minWindow), bounds.maxWindow);
  }

  /** Whether it may be asked for one more. */
  hasRoom(now: number): boolean {
    return this.linked && this.flights.length < this.window && now >= this.pausedUntil;
  }

  /** Milliseconds that so many bytes take it; null where not known. */
  expect(bytes: number): number | null {
    return this.rate > 0 ? bytes / this.rate : null;
  }

  /** How long the last of `count` chunks may take, all asked now. */
  timeout(count: number): number {
    const expected = this.expect(count * CHUNK_BYTES);
    const allowed =
      expected === null ? FIRST_TIMEOUT_MS : TIMEOUT_FACTOR * expected + TIMEOUT_SLACK_MS;
    return Math.min(MAX_TIMEOUT_MS, Math.max(MIN_TIMEOUT_MS, allowed) * 2 ** this.timeouts);
  }

  /** Takes the request out; null where it was not in flight. */
  land(blob: BlobState, chunk: number): Flight | null {
    const at = this.flights.findIndex((flight) => flight.blob === blob && flight.chunk === chunk);
    return at < 0 ? null : this.flights.splice(at, 1)[0];
  }

  /** A good answer came: its rate is measured from when it had nothing else to send. */
  delivered(bytes: number, flight: Flight | null, now: number): void {
    this.timeouts = 0;
    this.#received++;
    this.#busyPause = BUSY_PAUSE_MS;
    // A manifest is too short to measure by.
    if (flight && flight.chunk !== MANIFEST_CHUNK) {
      const sample = bytes / Math.max(1, now - Math.max(flight.askedAt, this.usefulAt));
      this.rate = this.rate === 0 ? sample : this.rate + RATE_WEIGHT * (sample - this.rate);
      const aim = Math.ceil((this.rate * WINDOW_MS) / CHUNK_BYTES);
      this.#setWindow(Math.min(aim, this.window + 1));
    }
    this.usefulAt = now;
    for (const [ahead, waiting] of this.flights.entries())
      waiting.deadline = Math.max(waiting.deadline, now + this.timeout(ahead + 1));
  }

  /** It had no time. */
  wasBusy(now: number): void {
    this.pausedUntil = now + this.#busyPause;
    this.#busyPause = Math.min(MAX_BUSY_PAUSE_MS, this.#busyPause * 2);
    this.#setWindow(this.flights.length);
  }

  timedOut(now: number): void {
    this.timeouts++;
    this.rate /= 2;
    this.pausedUntil = now + TIMEOUT_PAUSE_MS;
    this.#setWindow(this.#bounds.minWindow);
  }

  /** It lacked what it said it has. Whether it has done so too often to be believed. */
  lacked(): boolean {
    this.#absent++;
    return this.#absent >= ABSENT_STRIKES && this.#absent > ABSENT_SHARE * this.#received;
  }

  #setWindow(aim: number): void {
    this.window = Math.min(this.#bounds.maxWindow, Math.max(this.#bounds.minWindow, aim));
  }
}
