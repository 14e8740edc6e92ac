import * as z from 'zod/mini';
import { MAX_REFERRED_BYTES } from '../job/limits.ts';
import { BlobId } from '../job/spec.ts';

/**
 * A blob that can be fetched chunk by chunk from anybody: both names follow from its bytes alone,
 * so replicas that computed the same bytes refer to them alike.
 */
export const BlobRef = z.strictObject({
  /** SHA-256 of all its bytes. */
  id: BlobId,
  bytes: z.int().check(z.nonnegative(), z.maximum(MAX_REFERRED_BYTES)),
  /** SHA-256 of its manifest (manifest.ts), or `id` where the blob is one chunk at most. */
  manifest: BlobId,
});
export type BlobRef = z.infer<typeof BlobRef>;
