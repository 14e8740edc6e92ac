import { ManyhandsError } from '../../../shared/errors.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { BlobStore } from '../../blobs/blob-store.ts';

/**
 * Length of a blob that a job is about to use.
 * @param path of the field that names it
 * @throws ManyhandsError BLOB_MISSING, BLOB_EMPTY
 */
export async function requireInput(
  blobs: BlobStore,
  id: BlobId,
  path: string,
  mayBeEmpty = false,
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
  return bytes;
}
