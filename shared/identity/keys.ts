import { toHex } from '../bytes.ts';

const ALGORITHM = 'Ed25519';
export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** A node's identity: its Ed25519 key pair; the private half never leaves the machine. */
export interface NodeKeys {
  /** Raw public key, 32 bytes. */
  publicKey: Uint8Array<ArrayBuffer>;
  privateKey: CryptoKey;
}

/** New keys. Not extractable unless they must be written to a file (headless nodes). */
export async function generateNodeKeys(extractable = false): Promise<NodeKeys> {
  const pair = (await crypto.subtle.generateKey(ALGORITHM, extractable, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  return {
    publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)),
    privateKey: pair.privateKey,
  };
}

/** Ed25519 signature, 64 bytes. */
export async function sign(
  keys: NodeKeys,
  message: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.sign(ALGORITHM, keys.privateKey, message));
}

/** A node's id as people and APIs see it: its public key in hexadecimal. */
export function nodeId(publicKey: Uint8Array): string {
  return toHex(publicKey);
}
