import { ManyhandsError } from '../../shared/errors.ts';

export function blobTooLarge(limit: number): ManyhandsError {
  return new ManyhandsError(
    'BLOB_TOO_LARGE',
    `This file is larger than this coordinator takes (${limit} bytes). Cut it, or ask its operator to raise max-blob-bytes.`,
    { limit },
  );
}

export function blobMismatch(expected: string, actual: string): ManyhandsError {
  return new ManyhandsError(
    'BLOB_MISMATCH',
    'The bytes that arrived are not those of this id: their SHA-256 differs. Upload them again.',
    { expected, actual },
  );
}

export function diskFull(): ManyhandsError {
  return new ManyhandsError(
    'DISK_FULL',
    'The coordinator has no room for this upload. Nothing that it took before is lost; its operator must free disk space.',
  );
}

export function uploadsBusy(limit: number): ManyhandsError {
  return new ManyhandsError(
    'UPLOADS_BUSY',
    'The coordinator is busy with as many uploads as it takes at once. Try again in a few seconds.',
    { limit },
  );
}

/** Whether the system refused a write for want of space or quota. */
export function isDiskFull(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOSPC' || error.code === 'EDQUOT')
  );
}
