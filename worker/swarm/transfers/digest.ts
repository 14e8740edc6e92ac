import { chunkCount, chunkRange } from '../../../shared/blob/chunks.ts';
import { encodeManifest } from '../../../shared/blob/manifest.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { toHex } from '../../../shared/bytes.ts';

/** SHA-256, off this thread where the platform has it so. */
export async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** As `describeBlob` of shared/blob, with the platform's own hashing, which large blobs need. */
export async function identify(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<{ ref: BlobRef; manifest: Uint8Array<ArrayBuffer> | null }> {
  const id = toHex(await digestOf(bytes));
  const chunks = chunkCount(bytes.length);
  if (chunks <= 1) return { ref: { id, bytes: bytes.length, manifest: id }, manifest: null };
  const digests: Uint8Array[] = [];
  for (let chunk = 0; chunk < chunks; chunk++) {
    const { start, end } = chunkRange(bytes.length, chunk);
    digests.push(await digestOf(bytes.subarray(start, end)));
  }
  const manifest = encodeManifest(bytes.length, digests);
  return { ref: { id, bytes: bytes.length, manifest: toHex(await digestOf(manifest)) }, manifest };
}
