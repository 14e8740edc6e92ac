import type { BlobId } from '../../../shared/job/spec.ts';
import type { BlobState } from './blob-state.ts';
import type { ExchangeEffect } from './events.ts';
import type { Peer, WindowBounds } from './peer.ts';
import type { PeerBook } from './peer-book.ts';

export interface ExchangeOptions extends WindowBounds {
  /** Most peers linked or being dialled at the same time. */
  maxPeers: number;
  /** A number from 0 up to 1, without 1: breaks ties, so that nodes choose differently. */
  random: () => number;
}

/** What the parts of the exchange share. */
export interface Scene {
  readonly options: ExchangeOptions;
  /** In the order in which they joined. */
  readonly blobs: Map<BlobId, BlobState>;
  readonly peers: PeerBook;
  /** Whether peers may be used, and whether anything may be served to them. */
  allowed: { peers: boolean; upload: boolean };
  emit(effect: ExchangeEffect): void;
}

/** A job of the blob of which this peer may be asked; undefined where there is none. */
export function sharedJob(blob: BlobState, peer: Peer): string | undefined {
  for (const job of blob.jobs) if (peer.jobs.has(job)) return job;
  return undefined;
}
