import { hash, randomBytes } from 'node:crypto';

/** Marks our tokens, so that a leaked one is recognised by scanners and by people. */
const PREFIX = 'mh_';
/** 256 bits: nobody guesses one, so attempts need no counting. */
const TOKEN_BYTES = 32;

/** A new API token. It is shown once; only its hash is kept. */
export function createToken(): string {
  return PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
}

/** What the store keeps of a token. A plain hash will do for 256 random bits. */
export function tokenHash(token: string): string {
  return hash('sha256', token, 'hex');
}
