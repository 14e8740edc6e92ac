import { sha256 } from '@noble/hashes/sha2.js';
import { concat, toHex, utf8 } from '../bytes.ts';
import { ManyhandsError } from '../errors.ts';
import { CHUNK_BYTES, chunkCount, chunkRange } from './chunks.ts';
import type { BlobRef } from './ref.ts';

/**
 * A manifest names every chunk of a blob: the magic, the blob's length (u64, big-endian) and the
 * SHA-256 of each chunk in order. It is named by its own SHA-256. A blob of one chunk needs none:
 * its own name verifies it.
 */
const MAGIC = utf8('MHM1');
const HEADER_BYTES = MAGIC.length + 8;
const CHUNK_DIGEST_BYTES = 32;

/** Digests of a blob's chunks, in order. */
export type ChunkDigests = readonly Uint8Array[];

/** Length of the manifest of a blob of so many bytes. */
export function manifestBytes(bytes: number): number {
  return HEADER_BYTES + CHUNK_DIGEST_BYTES * chunkCount(bytes);
}

/** The manifest of a blob of `bytes` bytes. */
export function encodeManifest(bytes: number, digests: ChunkDigests): Uint8Array<ArrayBuffer> {
  if (digests.length !== chunkCount(bytes)) throw new RangeError('one digest a chunk');
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(bytes));
  return concat([MAGIC, length, ...digests]);
}

/**
 * The chunk digests of the blob that `ref` refers to.
 * @param manifest bytes that anybody may have sent
 * @throws ManyhandsError `MANIFEST_MISMATCH` where it is not the manifest that `ref` names
 */
export function decodeManifest(manifest: Uint8Array, ref: BlobRef): ChunkDigests {
  const view = new DataView(manifest.buffer, manifest.byteOffset, manifest.length);
  if (
    manifest.length !== manifestBytes(ref.bytes) ||
    toHex(sha256(manifest)) !== ref.manifest ||
    Number(view.getBigUint64(MAGIC.length)) !== ref.bytes
  )
    throw new ManyhandsError('MANIFEST_MISMATCH', 'This is not the manifest of that blob.', {
      blob: ref.id,
    });
  const digests: Uint8Array[] = [];
  for (let at = HEADER_BYTES; at < manifest.length; at += CHUNK_DIGEST_BYTES)
    digests.push(manifest.subarray(at, at + CHUNK_DIGEST_BYTES));
  return digests;
}

/** What refers to these bytes, and their manifest where they have one. */
export function describeBlob(
  bytes: Uint8Array,
  hash: (bytes: Uint8Array) => Uint8Array = sha256,
): { ref: BlobRef; manifest: Uint8Array<ArrayBuffer> | null } {
  const id = toHex(hash(bytes));
  if (bytes.length <= CHUNK_BYTES)
    return { ref: { id, bytes: bytes.length, manifest: id }, manifest: null };
  const digests: Uint8Array[] = [];
  for (let chunk = 0; chunk < chunkCount(bytes.length); chunk++) {
    const { start, end } = chunkRange(bytes.length, chunk);
    digests.push(hash(bytes.subarray(start, end)));
  }
  const manifest = encodeManifest(bytes.length, digests);
  return { ref: { id, bytes: bytes.length, manifest: toHex(hash(manifest)) }, manifest };
}
