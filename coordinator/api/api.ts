import type { Context, Hono } from 'hono';
import { ManyhandsError } from '../../shared/errors.ts';
import type { RateLimit } from '../ops/rate-limit.ts';
import type { RequesterRow } from '../store/store.ts';
import { authenticate, bearerToken } from './authenticate.ts';
import { blobRoutes } from './blob-routes.ts';
import { depositRoutes } from './deposit-routes.ts';
import { isDownloadKey } from './download-key.ts';
import { eventRoutes } from './event-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { manifestRoutes } from './manifest-routes.ts';
import { ROUTE } from './middleware.ts';
import { networkRoutes } from './network-routes.ts';
import { openApiDocument } from './openapi.ts';
import { readJson } from './read-body.ts';
import { resultRoutes } from './result-routes.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';

/** Every route of the requesters' API. */
function apiRoutes(services: Services): Route[] {
  const routes = [
    ...networkRoutes(services),
    ...blobRoutes(services),
    ...manifestRoutes(services),
    ...depositRoutes(services),
    ...jobRoutes(services),
    ...resultRoutes(services),
    ...eventRoutes(services),
  ];
  const document = openApiDocument(routes, services.version);
  routes.push({
    method: 'get',
    path: '/v1/openapi.json',
    summary: 'This document',
    access: 'public',
    response: { status: 200, description: 'OpenAPI 3.1' },
    errors: [],
    handle: () => Response.json(document),
  });
  return routes;
}

/** What the routes are served with. */
export interface ApiParts {
  services: Services;
  /** By requester, or by address where there is none. */
  rateLimit: RateLimit;
  /** Address of the client of a request. */
  addressOf(context: Context): string;
  /** Aborts what streams for ever when the coordinator stops. */
  stopping: AbortSignal;
}

/** Puts the routes up, and coded answers for paths and methods under /v1 that are none. */
export function mountApi(app: Hono, parts: ApiParts): void {
  const routes = apiRoutes(parts.services);
  for (const route of routes)
    app.on(route.method.toUpperCase(), route.path, (context) => serve(route, context, parts));
  for (const path of new Set(routes.map((route) => route.path))) {
    const allowed = routes.filter((route) => route.path === path).map(({ method }) => method);
    app.all(path, ({ req }) => {
      throw new ManyhandsError('METHOD_NOT_ALLOWED', `${req.method} does nothing here.`, {
        method: req.method,
        allowed: allowed.join(', ').toUpperCase(),
      });
    });
  }
  app.all('/v1/*', () => {
    throw new ManyhandsError(
      'NOT_FOUND',
      'There is nothing at this address. /v1/openapi.json lists what there is.',
    );
  });
}

async function serve(route: Route, context: Context, parts: ApiParts): Promise<Response> {
  const { req } = context;
  context.set(ROUTE, route.path);
  const requester = await admitWithin(route, context, parts);
  const body =
    route.request && route.request !== 'bytes' ? await readJson(req.raw, route.request) : undefined;
  const response = await route.handle({
    context,
    parameter: (name) => req.param(name) ?? '',
    query: (name) => req.query(name),
    body,
    requester,
    // Made where it is asked for: most calls are over before anything could abort.
    get signal() {
      return AbortSignal.any([req.raw.signal, parts.stopping]);
    },
  });
  if (!response.headers.has('Cache-Control')) response.headers.set('Cache-Control', 'no-store');
  return response;
}

/** Admits a call within its caller's rate. A token that is not known counts for its address. */
async function admitWithin(
  route: Route,
  context: Context,
  { services, rateLimit, addressOf }: ApiParts,
): Promise<RequesterRow | null> {
  const { now } = services;
  const limit = (caller: string) => {
    const waitMs = rateLimit.take(caller, now());
    if (waitMs > 0) throw rateLimited(waitMs);
  };
  let requester: RequesterRow | null;
  try {
    requester = await admit(route, context, services);
  } catch (error) {
    limit(addressOf(context));
    throw error;
  }
  limit(requester ? `requester ${requester.number}` : addressOf(context));
  return requester;
}

function rateLimited(waitMs: number): ManyhandsError {
  return new ManyhandsError(
    'RATE_LIMITED',
    'These are more requests a second than this coordinator takes from one caller. Wait and go on more slowly.',
    { waitMs },
  );
}

/** Who calls, or null where the route does not ask or a download key stands in. */
async function admit(
  { access, method }: Route,
  { req }: Context,
  { store, now }: Services,
): Promise<RequesterRow | null> {
  if (access === 'public') return null;
  const key = req.query('key');
  const token = bearerToken(req.header('Authorization') ?? null);
  if (access === 'job' && method === 'get' && token === null && key !== undefined) {
    if (isDownloadKey(store.secret, req.param('id') ?? '', key, now())) return null;
    throw new ManyhandsError(
      'TOKEN_UNKNOWN',
      'This download link has expired or is not whole. Open the job and download again.',
    );
  }
  const requester = await authenticate(token, store);
  if (access === 'admin' && !requester.admin)
    throw new ManyhandsError(
      'ADMIN_ONLY',
      'Only the administrator of this coordinator may do this.',
    );
  return requester;
}
