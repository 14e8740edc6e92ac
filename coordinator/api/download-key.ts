import { createHmac, timingSafeEqual } from 'node:crypto';

/** Long enough to click and for a slow download to begin; it need not last until its end. */
const LIFETIME_MS = 10 * 60_000;
const DOMAIN = 'manyhands download 1\n';

/**
 * A key that lets its holder read one job's results until it expires: a browser's plain download
 * link can carry it, where a token would end up in histories and logs.
 */
export function createDownloadKey(
  secret: Uint8Array,
  job: string,
  now: number,
): { key: string; expiresAt: number } {
  const expiresAt = now + LIFETIME_MS;
  return { key: `${expiresAt.toString(36)}.${mac(secret, job, expiresAt)}`, expiresAt };
}

/** Whether a key is for this job and still valid. */
export function isDownloadKey(secret: Uint8Array, job: string, key: string, now: number): boolean {
  const [expiry, code] = key.split('.');
  const expiresAt = Number.parseInt(expiry, 36);
  if (!(expiresAt > now) || code === undefined) return false;
  const given = Buffer.from(code);
  const right = Buffer.from(mac(secret, job, expiresAt));
  return given.length === right.length && timingSafeEqual(given, right);
}

function mac(secret: Uint8Array, job: string, expiresAt: number): string {
  return createHmac('sha256', secret).update(`${DOMAIN}${job}\n${expiresAt}`).digest('base64url');
}
