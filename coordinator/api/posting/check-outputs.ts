import { ManyhandsError } from '../../../shared/errors.ts';
import type { JobSpec } from '../../../shared/job/spec.ts';
import type { BlobStore } from '../../blobs/blob-store.ts';

/**
 * Whether the coordinator could take every output that the job allows: what it could not take would
 * be asked of its nodes again and again.
 * @throws ManyhandsError OUTPUT_ABOVE_BLOBS
 */
export function checkOutputs(
  { limits: { outputBytes } }: JobSpec,
  { maxBlobBytes }: Pick<BlobStore, 'maxBlobBytes'>,
): void {
  if (outputBytes <= maxBlobBytes) return;
  throw new ManyhandsError(
    'OUTPUT_ABOVE_BLOBS',
    `Outputs may have up to ${outputBytes} bytes, and this coordinator takes files of up to ${maxBlobBytes}. Lower limits.outputBytes, or ask its operator to raise max-blob-bytes.`,
    { path: 'limits.outputBytes', bytes: outputBytes, limit: maxBlobBytes },
  );
}
