import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { COMMON_HEADERS, TLS_HEADERS } from './security-headers.ts';

/** Told of each answered request; `route` is a pattern without ids. */
export type AnswerListener = (
  method: string,
  route: string,
  status: number,
  seconds: number,
) => void;

/** Under what a handler leaves its route's pattern in the context. */
export const ROUTE = 'route';

/** Measures each request until the head of its answer. */
export function observe(onAnswer: AnswerListener): MiddlewareHandler {
  return async (context, next) => {
    const began = performance.now();
    await next();
    const seconds = (performance.now() - began) / 1000;
    const route: string | undefined = context.get(ROUTE);
    onAnswer(context.req.method, route ?? 'other', context.res.status, seconds);
  };
}

/** Headers that every response carries. */
export function secure(tls: boolean): MiddlewareHandler {
  const headers = Object.entries(tls ? { ...COMMON_HEADERS, ...TLS_HEADERS } : COMMON_HEADERS);
  return async (context, next) => {
    await next();
    for (const [name, value] of headers) context.res.headers.set(name, value);
  };
}

/** Reading these needs no token, so any site may. */
const PUBLIC_PATH = /^\/v1\/(status|projects|openapi\.json|blobs\/[^/]+(\/manifest)?)$/;
/** What shared caches keep: the answer must not depend on who asked first. */
const CACHED_PATH = /^\/v1\/blobs\/[^/]+(\/manifest)?$/;
const EXPOSED = ['Content-Length', 'Content-Range', 'ETag', 'Location', 'Retry-After'];
/** Seconds for which a browser remembers the answer to its preflight. */
const PREFLIGHT_AGE = 600;

/**
 * Lets pages of other sites read what is public, and those of the configured origins use the whole
 * API. There are no cookies, so a page can only do what the token that it was given allows.
 */
export function crossOrigin(origins: readonly string[]): MiddlewareHandler {
  const open = cors({
    origin: '*',
    allowMethods: ['GET', 'HEAD'],
    allowHeaders: ['Range'],
    exposeHeaders: EXPOSED,
    maxAge: PREFLIGHT_AGE,
  });
  const configured = cors({
    origin: origins.includes('*') ? '*' : [...origins],
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT'],
    allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'Last-Event-ID', 'Range'],
    exposeHeaders: EXPOSED,
    maxAge: PREFLIGHT_AGE,
  });
  return (context, next) => {
    const { method, path } = context.req;
    if (method === 'GET' && CACHED_PATH.test(path)) return open(context, next);
    const origin = context.req.header('Origin') ?? '';
    if (origins.includes('*') || origins.includes(origin)) return configured(context, next);
    return PUBLIC_PATH.test(path) ? open(context, next) : next();
  };
}
