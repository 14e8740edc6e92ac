import type { Logger } from 'pino';
import { type ErrorBody, ManyhandsError, toErrorBody } from '../../shared/errors.ts';

/**
 * HTTP status of each error code that is not about the content of a request. Codes that are not
 * here say that a request was understood and cannot be done as it stands: 422.
 */
const STATUS: Readonly<Record<string, number>> = {
  REQUEST_MALFORMED: 400,
  CURSOR_MALFORMED: 400,
  TOKEN_MISSING: 401,
  TOKEN_UNKNOWN: 401,
  ADMIN_ONLY: 403,
  NETWORK_FORBIDDEN: 403,
  TICKET_INVALID: 403,
  NOT_FOUND: 404,
  PAGES_NOT_BUILT: 404,
  BLOB_NOT_FOUND: 404,
  JOB_NOT_FOUND: 404,
  MANIFEST_NOT_FOUND: 404,
  SHARD_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  UPLOAD_STALLED: 408,
  IDEMPOTENCY_MISMATCH: 409,
  PROJECT_EXISTS: 409,
  BLOB_TOO_LARGE: 413,
  BODY_TOO_LARGE: 413,
  RANGE_NOT_SATISFIABLE: 416,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  STORE_FAILED: 500,
  STORE_FENCED: 500,
  BLOB_ON_NODES: 503,
  UPLOADS_BUSY: 503,
  STOPPING: 503,
  DISK_FULL: 507,
  STORE_FULL: 507,
};
const UNPROCESSABLE = 422;

/** HTTP status of an error code. */
export function statusOf(code: string): number {
  return STATUS[code] ?? UNPROCESSABLE;
}

/** Any thrown thing as the API's answer; what is not ours is logged, since it is a bug of ours. */
export function errorResponse(thrown: unknown, log: Logger): Response {
  const body = toErrorBody(thrown);
  const status = statusOf(body.code);
  if (!(thrown instanceof ManyhandsError)) log.error({ err: thrown }, 'a request failed');
  return Response.json({ error: body } satisfies { error: ErrorBody }, {
    status,
    headers: { 'Cache-Control': 'no-store', ...extraHeaders(body) },
  });
}

function extraHeaders({ code, facts }: ErrorBody): Record<string, string> {
  if (code === 'TOKEN_MISSING' || code === 'TOKEN_UNKNOWN') return { 'WWW-Authenticate': 'Bearer' };
  if (code === 'UPLOADS_BUSY' || code === 'BLOB_ON_NODES') return { 'Retry-After': '2' };
  if (code === 'RATE_LIMITED')
    return { 'Retry-After': String(Math.ceil(Number(facts?.waitMs ?? 1000) / 1000)) };
  if (code === 'METHOD_NOT_ALLOWED') return { Allow: String(facts?.allowed ?? '') };
  if (code === 'RANGE_NOT_SATISFIABLE')
    return { 'Content-Range': `bytes */${facts?.bytes ?? '*'}` };
  return {};
}
