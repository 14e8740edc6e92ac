import { sha256 } from '@noble/hashes/sha2.js';

export const DIGEST_BYTES = 32;

/**
 * The digest that replicas are compared by: SHA-256 of the outcome (u8) followed by the canonical
 * output bytes. A transient outcome has no digest that counts; its column holds zeros.
 */
export function outputDigest(outcome: number, output: Uint8Array): Uint8Array {
  return sha256.create().update(Uint8Array.of(outcome)).update(output).digest();
}
