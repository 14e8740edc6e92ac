import { createHmac, timingSafeEqual } from 'node:crypto';
import { concat, utf8 } from '../../../shared/bytes.ts';

/** A page that stays open asks for another before this one ends. */
const LIFETIME_MS = 60 * 60_000;
const DOMAIN = utf8('manyhands swarm pass 1\n');
const MAC_BYTES = 16;
const UNTIL_BYTES = 8;

/**
 * A pass lets its holder seek the outputs of one job among the nodes that have them, as its
 * requester's page does: until (f64, milliseconds since 1970), then a MAC over it and the job.
 */
export function createPass(
  secret: Uint8Array,
  job: string,
  now: number,
): { pass: Uint8Array<ArrayBuffer>; expiresAt: number } {
  const expiresAt = now + LIFETIME_MS;
  const until = new Uint8Array(UNTIL_BYTES);
  new DataView(until.buffer).setFloat64(0, expiresAt);
  return { pass: concat([until, mac(secret, job, until)]), expiresAt };
}

/** Whether a pass is for this job and still valid. */
export function isPass(secret: Uint8Array, job: string, pass: Uint8Array, now: number): boolean {
  if (pass.length !== UNTIL_BYTES + MAC_BYTES) return false;
  const until = pass.subarray(0, UNTIL_BYTES);
  if (!timingSafeEqual(mac(secret, job, until), pass.subarray(UNTIL_BYTES))) return false;
  return new DataView(until.buffer, until.byteOffset).getFloat64(0) > now;
}

function mac(secret: Uint8Array, job: string, until: Uint8Array): Uint8Array {
  const hash = createHmac('sha256', secret)
    .update(concat([DOMAIN, until, utf8(job)]))
    .digest();
  return hash.subarray(0, MAC_BYTES);
}
