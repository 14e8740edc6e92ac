import type { Context } from 'hono';
import type * as z from 'zod/mini';
import type { RequesterRow } from '../store/store.ts';

/** What a handler knows of its request, checked. */
export interface Call<Body = unknown> {
  context: Context;
  /** A part of the path, such as the `id` of `/v1/jobs/:id`. */
  parameter(name: string): string;
  /** A parameter of the query, or undefined. */
  query(name: string): string | undefined;
  /** The JSON body after `request` has checked it; undefined where the route takes none. */
  body: Body;
  /** Who asks; on public routes null. */
  requester: RequesterRow | null;
  /** Aborts when the client goes away or the coordinator stops. */
  signal: AbortSignal;
}

/** A parameter of a query, for the OpenAPI document. */
export interface QueryParameter {
  name: string;
  description: string;
  type: 'string' | 'integer';
}

/** Who may call a route. `job`: its requester, an administrator, or who holds its download key. */
type Access = 'public' | 'requester' | 'admin' | 'job';

/** One route of the API: how it is served, and what the OpenAPI document says of it. */
export interface Route {
  method: 'get' | 'post' | 'put' | 'delete';
  /** In Hono's notation: `/v1/jobs/:id`. */
  path: `/v1/${string}`;
  summary: string;
  access: Access;
  query?: readonly QueryParameter[];
  /** Schema of a JSON body, or `bytes`. */
  request?: z.ZodMiniType | 'bytes';
  response: {
    status: 200 | 201;
    description: string;
    /** Schema of a JSON body. */
    body?: z.ZodMiniType;
    /** Of another body. */
    contentType?: string;
  };
  /** Error codes of its own, beside those that every route has. */
  errors: readonly string[];
  handle(call: Call): Response | Promise<Response>;
}

/** A route whose handler is given the body that its schema checks. */
export function bodyRoute<Schema extends z.ZodMiniType>(
  route: Omit<Route, 'request' | 'handle'> & {
    request: Schema;
    handle(call: Call<z.output<Schema>>): Response | Promise<Response>;
  },
): Route {
  return { ...route, handle: (call) => route.handle(call as Call<z.output<Schema>>) };
}
