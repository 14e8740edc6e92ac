import type { BlobId } from '../../../shared/job/spec.ts';
import { blobMismatch } from '../../blobs/blob-errors.ts';

/** Bytes of an upload; the length that it announced, if it did. */
export interface Upload {
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  declaredBytes: number | undefined;
}

/**
 * The upload's bytes, unless they are more than the blob has.
 * @throws ManyhandsError `BLOB_MISMATCH`
 */
export async function* noLongerThan(
  most: number,
  { bytes, declaredBytes }: Upload,
  id: BlobId,
): AsyncGenerator<Uint8Array> {
  if ((declaredBytes ?? 0) > most) throw blobMismatch(id, 'longer');
  let length = 0;
  for await (const piece of bytes) {
    length += piece.length;
    if (length > most) throw blobMismatch(id, 'longer');
    yield piece;
  }
}
