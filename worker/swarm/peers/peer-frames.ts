import type { BlobId } from '../../../shared/job/spec.ts';

/**
 * The wire between peers, `/manyhands/blob/1.0.0`: every frame of either direction, and no
 * behaviour. Both ends may ask. The end that dialled begins with `hello`; nothing else is answered
 * before its ticket has been checked.
 */
export const BLOB_PROTOCOL = '/manyhands/blob/1.0.0';

/** In place of a chunk's number: the blob's manifest. */
export const MANIFEST_CHUNK = 0xffff_ffff;

export type PeerFrame =
  /** First frame of the end that dialled; again for each further job of the two. */
  | { type: 'hello'; ticket: Uint8Array }
  /** The ticket is good: both may ask for the blobs of this job from here on. */
  | { type: 'welcome'; job: string }
  /** This end takes part in a blob; `have` are the bits of a ChunkSet. Replaces what it said before. */
  | { type: 'has'; job: string; blob: BlobId; have: Uint8Array }
  /** Chunks that this end has verified since. */
  | { type: 'got'; blob: BlobId; chunks: number[] }
  /** Asks for a chunk, or the manifest. `request` is the asker's number for it. */
  | { type: 'get'; request: number; job: string; blob: BlobId; chunk: number }
  | { type: 'cancel'; request: number }
  | { type: 'chunk'; request: number; bytes: Uint8Array<ArrayBuffer> }
  /** Nothing comes for this request: not here, no time (ask again later), or beyond this end's limits. */
  | { type: 'refuse'; request: number; reason: 'absent' | 'busy' | 'limit' }
  /** Still there: sent when nothing else was for a while. */
  | { type: 'alive' };
