import type { BlobId } from '../../../shared/job/spec.ts';
import { TokenBucket } from '../core/token-bucket.ts';
import {
  HAS_BYTES_PER_FRAME,
  MAX_PEER_TICKETS,
  MAX_UNASKED_CHUNKS,
  MAX_UNREAD_REFUSALS,
  PEER_FRAMES_PER_SECOND,
} from '../limits.ts';
import type { PeerFrame } from './peer-frames.ts';

/** What this node asked a peer for. */
export interface Asked {
  blob: BlobId;
  chunk: number;
}

/** What stands between this node and one peer. It decides nothing. */
export class Session {
  readonly peer: string;
  /** When it began, then when it was opened. */
  since: number;
  open = false;
  /** It is being ended: nothing that still comes counts. */
  ending = false;
  /**
   * Jobs whose blobs both may ask for, as their tickets name them, and as this node does: what a
   * stage takes is an output of another job to whoever computed it.
   */
  readonly jobs = new Map<string, string>();
  /** Tickets to show, or shown and not yet answered, by the job that they name. */
  readonly offers = new Map<string, { ticket: Uint8Array; job: string }>();
  fromBytes = 0;
  toBytes = 0;
  readonly #frames = new TokenBucket(PEER_FRAMES_PER_SECOND);
  readonly #asked = new Map<number, Asked>();
  #nextRequest = 0;
  #unasked = 0;
  #tickets = 0;
  #refusals = 0;

  constructor(peer: string, now: number) {
    this.peer = peer;
    this.since = now;
  }

  /** What the tickets call a job of ours; null where neither has shown one. */
  wireJob(job: string): string | null {
    for (const [wire, own] of this.jobs) if (own === job) return wire;
    return null;
  }

  /** A frame has come. Returns whether that is still within what one peer may send. */
  heard(frame: PeerFrame, now: number): boolean {
    if (!this.#frames.open(now)) return false;
    const long = frame.type === 'has' ? frame.have.length / HAS_BYTES_PER_FRAME : 0;
    this.#frames.take(1 + long, now);
    return true;
  }

  /** It shows a ticket. Returns whether that is still within what one peer may show. */
  shows(): boolean {
    return ++this.#tickets <= MAX_PEER_TICKETS;
  }

  /** A refusal is on its way to it. Returns whether it reads them at all. */
  refusing(): boolean {
    return ++this.#refusals <= MAX_UNREAD_REFUSALS;
  }

  /** It has left. */
  refused(): void {
    this.#refusals--;
  }

  /** A number for a new request. */
  ask(asked: Asked): number {
    const request = this.#nextRequest;
    // Numbers come round long after their first use has been answered.
    this.#nextRequest = (this.#nextRequest + 1) >>> 0;
    this.#asked.set(request, asked);
    return request;
  }

  /** What this request was for; it is answered with that. Null where it was cancelled, or never made. */
  answered(request: number): Asked | null {
    const asked = this.#asked.get(request);
    this.#asked.delete(request);
    return asked ?? null;
  }

  /** The request's number, which is open no longer; null where it is not any more. */
  cancel(blob: BlobId, chunk: number): number | null {
    for (const [request, asked] of this.#asked) {
      if (asked.blob !== blob || asked.chunk !== chunk) continue;
      this.#asked.delete(request);
      return request;
    }
    return null;
  }

  /** A chunk came that nobody waits for. Returns whether that may still be chance. */
  unasked(): boolean {
    return ++this.#unasked <= MAX_UNASKED_CHUNKS;
  }
}
