import { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import { chunkCount } from '../../../shared/blob/chunks.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { SwarmCoordinatorFrame, SwarmNodeFrame } from '../../../shared/protocol/frames.ts';
import type { ExchangeEffect, ExchangeEvent } from '../core/events.ts';
import { firstRanges } from '../core/first-ranges.ts';
import { MAX_TICKETS, SEEK_ANSWER_MS, SEEK_RETRY_MS } from '../limits.ts';

type SeekEffect = Extract<ExchangeEffect, { type: 'seek' }>;
type Found = Extract<SwarmCoordinatorFrame, { type: 'found' }>;

export interface SeekerOptions {
  /** Whether it has left. */
  send: (frame: SwarmNodeFrame) => boolean;
  /** Chunks of the blob that are here. */
  have: (blob: BlobId) => Uint8Array<ArrayBuffer> | null;
  /** Whether the coordinator must have the blob: it is an input of the job. */
  isInput: (blob: BlobId) => boolean;
  dispatch: (event: ExchangeEvent) => void;
}

/**
 * Asks the coordinator for peers and for chunks to download, and keeps the tickets that it gives.
 * Where it does not answer, a starved node serves itself: blobs are public, and whatever stands
 * before the coordinator may still have them.
 */
export class Seeker {
  readonly #options: SeekerOptions;
  readonly #asked = new Map<BlobId, { seek: SeekEffect; timer: ReturnType<typeof setTimeout> }>();
  /** By peer, then by job. */
  readonly #tickets = new Map<string, Map<string, Uint8Array>>();

  constructor(options: SeekerOptions) {
    this.#options = options;
  }

  seek(effect: SeekEffect): void {
    const { type, job, blob, missing, peers, grant, starved, linked } = effect;
    const have = this.#options.have(blob.id);
    clearTimeout(this.#asked.get(blob.id)?.timer);
    const sent = this.#options.send({
      type,
      job,
      blob,
      missing,
      ...(have ? { have } : {}),
      peers,
      grant,
      starved,
      linked,
    });
    const wait = sent ? SEEK_ANSWER_MS : 0;
    const timer = setTimeout(() => this.#unanswered(effect), wait);
    this.#asked.set(blob.id, { seek: effect, timer });
  }

  found(frame: Found): void {
    const asked = this.#asked.get(frame.blob);
    if (asked?.seek.job !== frame.job) return;
    clearTimeout(asked.timer);
    this.#asked.delete(frame.blob);
    for (const { peer, ticket } of frame.peers) this.#keep(peer, frame.job, ticket);
    this.#options.dispatch({ ...frame, peers: frame.peers.map(({ peer }) => peer) });
  }

  /** The ticket for a peer and a job; null where there is none (any more). */
  ticket(peer: string, job: string): Uint8Array | null {
    return this.#tickets.get(peer)?.get(job) ?? null;
  }

  stop(): void {
    for (const { timer } of this.#asked.values()) clearTimeout(timer);
    this.#asked.clear();
  }

  #unanswered({ job, blob, missing, grant, starved }: SeekEffect): void {
    this.#asked.delete(blob.id);
    const seeded = this.#options.isInput(blob.id);
    const lacking = new ChunkSet(chunkCount(blob.bytes), missing);
    this.#options.dispatch({
      type: 'found',
      job,
      blob: blob.id,
      peers: [],
      grant: seeded && starved ? firstRanges(lacking, grant) : [],
      seeded,
      retryMs: SEEK_RETRY_MS,
    });
  }

  #keep(peer: string, job: string, ticket: Uint8Array): void {
    const tickets = this.#tickets.get(peer) ?? new Map<string, Uint8Array>();
    // Behind the others, so that those of the longest ago go first.
    this.#tickets.delete(peer);
    this.#tickets.set(peer, tickets.set(job, ticket));
    if (this.#tickets.size > MAX_TICKETS)
      this.#tickets.delete(this.#tickets.keys().next().value as string);
  }
}
