import { ManyhandsError } from '../../../shared/errors.ts';
import { MAX_SHARD_BYTES } from '../../../shared/job/limits.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { BlobStore } from '../../blobs/blob-store.ts';

/** A blob that a job is about to use, and what holds for it. */
export interface NamedBlob {
  id: BlobId;
  /** Of the field that names it. */
  path: string;
  mayBeEmpty?: boolean;
  /** What one run can be given, where left out. */
  maxBytes?: number;
}

/**
 * Length of a blob that a job is about to use.
 * @throws ManyhandsError BLOB_MISSING, BLOB_EMPTY, FILE_TOO_LARGE
 */
export async function requireInput(
  blobs: BlobStore,
  { id, path, mayBeEmpty = false, maxBytes = MAX_SHARD_BYTES }: NamedBlob,
): Promise<number> {
  const bytes = await blobs.size(id);
  if (bytes === null)
    throw new ManyhandsError(
      'BLOB_MISSING',
      'The job names a file that was not uploaded. Upload it first: PUT /v1/blobs/ID.',
      { path, blob: id },
    );
  if (bytes === 0 && !mayBeEmpty)
    throw new ManyhandsError('BLOB_EMPTY', 'The job names a file that is empty. Choose another.', {
      path,
      blob: id,
    });
  if (bytes > maxBytes)
    throw new ManyhandsError(
      'FILE_TOO_LARGE',
      `One run is given files of ${maxBytes} bytes at most, and this one has ${bytes}. Have it cut: use lines or chunks as inputs.`,
      { path, blob: id, bytes, limit: maxBytes },
    );
  return bytes;
}
