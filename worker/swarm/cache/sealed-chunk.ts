import { CHUNK_BYTES } from '../../../shared/blob/chunks.ts';
import { equalBytes } from '../../../shared/bytes.ts';

/**
 * A chunk as it lies in a store: its number and its length (u32 each, big-endian), the SHA-256 of
 * both and its bytes, and the bytes. What was torn by a crash or damaged on the disk does not open.
 */
const DIGEST_BYTES = 32;
export const SEAL_BYTES = 8 + DIGEST_BYTES;
/** The longest sealed chunk, and the distance of two of them in one file. */
export const SEALED_CHUNK_BYTES = SEAL_BYTES + CHUNK_BYTES;

/** A sealed copy. */
export async function seal(chunk: number, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const sealed = new Uint8Array(SEAL_BYTES + bytes.length);
  const view = new DataView(sealed.buffer);
  view.setUint32(0, chunk);
  view.setUint32(4, bytes.length);
  sealed.set(bytes, SEAL_BYTES);
  sealed.set(await digest(sealed, bytes.length), 8);
  return sealed;
}

/** The chunk's bytes in an array of their own; null where it is not this chunk, whole and unhurt. */
export async function unseal(
  chunk: number,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const header = readSeal(sealed);
  if (header?.chunk !== chunk || SEAL_BYTES + header.bytes > sealed.length) return null;
  const found = sealed.subarray(8, SEAL_BYTES);
  if (!equalBytes(found, await digest(sealed, header.bytes))) return null;
  return sealed.slice(SEAL_BYTES, SEAL_BYTES + header.bytes);
}

/** Which chunk a seal is of, and its length; null where the bytes cannot be a seal. */
export function readSeal(sealed: Uint8Array): { chunk: number; bytes: number } | null {
  if (sealed.length < SEAL_BYTES) return null;
  const view = new DataView(sealed.buffer, sealed.byteOffset, sealed.length);
  const bytes = view.getUint32(4);
  if (bytes === 0 || bytes > CHUNK_BYTES) return null;
  return { chunk: view.getUint32(0), bytes };
}

/** SHA-256 of the seal with zeros in its digest's place, and the bytes behind it. */
async function digest(sealed: Uint8Array<ArrayBuffer>, bytes: number): Promise<Uint8Array> {
  const covered = sealed.slice(0, SEAL_BYTES + bytes);
  covered.fill(0, 8, SEAL_BYTES);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', covered));
}
