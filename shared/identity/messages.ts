import { sha256 } from '@noble/hashes/sha2.js';
import { concat, utf8 } from '../bytes.ts';

/** Every signed message begins with its domain, so that a signature for one use fits no other. */
const JOIN_DOMAIN = utf8('manyhands join 1\n');
const SUBMISSION_DOMAIN = utf8('manyhands submission 1\n');

/** What a node signs to prove that it holds its key: the coordinator's challenge. */
export function joinMessage(challenge: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat([JOIN_DOMAIN, challenge]);
}

/** The columns of a submission that its signature covers; outputs are covered by their digests. */
export interface SignedColumns {
  ticket: Uint8Array;
  first: number;
  count: number;
  statuses: Uint8Array;
  digests: Uint8Array;
}

/** What a node signs to answer for a submission: domain and SHA-256 of its columns. */
export function submissionMessage(columns: SignedColumns): Uint8Array<ArrayBuffer> {
  const range = new DataView(new ArrayBuffer(12));
  range.setFloat64(0, columns.first);
  range.setUint32(8, columns.count);
  const hash = sha256
    .create()
    .update(columns.ticket)
    .update(new Uint8Array(range.buffer))
    .update(columns.statuses)
    .update(columns.digests)
    .digest();
  return concat([SUBMISSION_DOMAIN, hash]);
}
