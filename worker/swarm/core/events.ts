import type { BlobRef } from '../../../shared/blob/ref.ts';
import type { BlobId } from '../../../shared/job/spec.ts';

/**
 * What goes into the exchange and what comes out of it: which chunk is asked of whom, and when. The
 * exchange is a pure state machine, `handle(event, now)` -> effects to be carried out in order; it
 * never sees bytes of blobs. `now` is in milliseconds and never runs backwards; chance is handed in.
 */

/** Consecutive chunks. */
export interface ChunkRange {
  first: number;
  count: number;
}

export type ExchangeEvent =
  /** A blob takes part from now on: wanted, or only held and served. Bits of what is here already. */
  | { type: 'join'; job: string; blob: BlobRef; have: Uint8Array | null }
  /** Nothing of it is served or wanted any more. */
  | { type: 'part'; blob: BlobId }
  /** Somebody waits for these chunks. `urgent`: a shard cannot run before they are here. */
  | { type: 'want'; blob: BlobId; ranges: readonly ChunkRange[]; urgent: boolean }
  /** Nobody waits for what is not here yet. */
  | { type: 'unwant'; blob: BlobId }
  /** Answer to `seek`, or its failure (offline, no answer in time): then with nothing in it. */
  | {
      type: 'found';
      job: string;
      blob: BlobId;
      peers: readonly string[];
      grant: readonly ChunkRange[];
      /** Whether the coordinator has the blob. */
      seeded: boolean;
      retryMs: number;
    }
  /** A peer has shown a good ticket for this job, or taken ours. */
  | { type: 'linked'; peer: string; job: string }
  | { type: 'unlinked'; peer: string }
  | { type: 'peer-has'; peer: string; blob: BlobId; have: Uint8Array }
  | { type: 'peer-got'; peer: string; blob: BlobId; chunks: readonly number[] }
  /** A chunk (or the manifest) that was asked of a peer is here and verified, or is not what it should be. */
  | { type: 'received'; peer: string; blob: BlobId; chunk: number; bytes: number; good: boolean }
  | {
      type: 'refused';
      peer: string;
      blob: BlobId;
      chunk: number;
      reason: 'absent' | 'busy' | 'limit';
    }
  /** What `download` asked for: chunks that are here and verified, one by one; then how it ended. */
  | { type: 'downloaded'; blob: BlobId; chunk: number }
  | { type: 'download-ended'; blob: BlobId; range: ChunkRange; failed: boolean }
  /** Chunks that are here from elsewhere: computed here, or out of the cache. */
  | { type: 'stored'; blob: BlobId; chunks: readonly number[] }
  /** Chunks that the cache has lost or evicted. */
  | { type: 'lost'; blob: BlobId; chunks: readonly number[] }
  /** Whether peers may be used: the contributor's choice, the data cap, WebRTC there or not. */
  | { type: 'mode'; peers: boolean; upload: boolean }
  /** The coordinator has let this node in among peers: what it answered before knew none for it. */
  | { type: 'entered' }
  | { type: 'tick' };

export type ExchangeEffect =
  /** Ask the coordinator for peers and for chunks to download. */
  | {
      type: 'seek';
      job: string;
      blob: BlobRef;
      missing: Uint8Array<ArrayBuffer>;
      peers: number;
      grant: number;
      starved: boolean;
      /** Peers that are linked: so the coordinator learns who can meet whom. */
      linked: string[];
    }
  | { type: 'dial'; peer: string; job: string }
  | { type: 'hang-up'; peer: string; reason: string }
  /** Ask this peer for this chunk, or for the manifest (`MANIFEST_CHUNK`). */
  | { type: 'get'; peer: string; job: string; blob: BlobId; chunk: number }
  | { type: 'cancel'; peer: string; blob: BlobId; chunk: number }
  /** Fetch these from the coordinator by HTTP; `MANIFEST_CHUNK` for the manifest. */
  | { type: 'download'; blob: BlobId; range: ChunkRange }
  /** Tell a peer what is here: all of it, or what came since. */
  | { type: 'tell-has'; peer: string; job: string; blob: BlobId; have: Uint8Array<ArrayBuffer> }
  | { type: 'tell-got'; peer: string; blob: BlobId; chunks: number[] }
  /** It sent bytes that are not those of the chunk: tell the coordinator. */
  | { type: 'accuse'; peer: string; job: string; blob: BlobId; chunk: number }
  /** All wanted chunks of the blob are here. */
  | { type: 'satisfied'; blob: BlobId }
  /** They cannot be had now: no peer has them, and the coordinator does not serve them. */
  | { type: 'unavailable'; blob: BlobId }
  /** Send `tick` at this time; replaces the time asked for before. */
  | { type: 'wake'; at: number };
