import type { BlobId } from '../../../shared/job/spec.ts';
import type { ExchangeEffect, ExchangeEvent } from './events.ts';

export interface ExchangeOptions {
  /** Most peers linked or being dialled at the same time. */
  maxPeers: number;
  /** Requests in flight to one peer: fewest, and most. */
  minWindow: number;
  maxWindow: number;
  /** A number from 0 up to 1, without 1: breaks ties, so that nodes choose differently. */
  random: () => number;
}

/**
 * Which chunk is asked of whom, and when (SWM-1 ..): see events.ts.
 *
 * That a blob's manifest is here is told by `stored` with `MANIFEST_CHUNK`; blobs of one chunk have
 * none. A peer may be used after `linked` and until `unlinked`; `dial` is answered by one of the two.
 */
export class Exchange {
  constructor(_options: ExchangeOptions) {}

  /** Takes one event in; the effects are to be carried out in order. */
  handle(_event: ExchangeEvent, _now: number): ExchangeEffect[] {
    return [];
  }

  /** Whether a verified chunk (or `MANIFEST_CHUNK`) is here, as far as the events told. */
  has(_blob: BlobId, _chunk: number): boolean {
    return false;
  }
}
