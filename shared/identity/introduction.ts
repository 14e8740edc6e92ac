import { concat, fromUtf8Strict, utf8 } from '../bytes.ts';
import { ManyhandsError } from '../errors.ts';
import { SIGNATURE_BYTES } from './keys.ts';

/** Every signed message begins with its domain, so that a signature for one use fits no other. */
const DOMAIN = utf8('manyhands introduction 1\n');
const MAX_BYTES = 1024;

/** The coordinator's leave for one peer to ask another for the blobs of one job. */
export interface Introduction {
  job: string;
  /** Peer ids: who may ask, and whom. */
  from: string;
  to: string;
  /** Milliseconds since 1970 at the coordinator. */
  until: number;
}

/** What the coordinator signs; `sealIntroduction` puts message and signature together. */
export function introductionMessage(introduction: Introduction): Uint8Array<ArrayBuffer> {
  const { job, from, to, until } = introduction;
  return concat([DOMAIN, utf8([job, from, to, until].join('\n'))]);
}

/** The ticket that a peer shows: signature, then the message without its domain. */
export function sealIntroduction(
  introduction: Introduction,
  signature: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return concat([signature, introductionMessage(introduction).subarray(DOMAIN.length)]);
}

/**
 * What a shown ticket says, if the coordinator signed it. Whether it is for these two peers and
 * still valid is the caller's to check.
 * @param key the coordinator's Ed25519 public key, raw
 * @throws ManyhandsError `INTRODUCTION_INVALID`
 */
export async function openIntroduction(
  ticket: Uint8Array,
  key: Uint8Array<ArrayBuffer>,
): Promise<Introduction> {
  const signature = Uint8Array.from(ticket.subarray(0, SIGNATURE_BYTES));
  const body = ticket.subarray(SIGNATURE_BYTES);
  const fields = ticket.length <= MAX_BYTES ? fromUtf8Strict(body)?.split('\n') : undefined;
  if (fields?.length !== 4) throw invalid();
  const publicKey = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
  if (!(await crypto.subtle.verify('Ed25519', publicKey, signature, concat([DOMAIN, body]))))
    throw invalid();
  const [job, from, to, until] = fields;
  return { job, from, to, until: Number(until) };
}

function invalid(): ManyhandsError {
  return new ManyhandsError(
    'INTRODUCTION_INVALID',
    'This peer was not introduced by the coordinator.',
  );
}
