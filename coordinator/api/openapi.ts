import * as z from 'zod/mini';
import * as schemas from '../../shared/api/schemas.ts';
import { JobSpec } from '../../shared/job/spec.ts';
import { statusOf } from './http-errors.ts';
import type { Route } from './route.ts';

/** Codes that any route can answer with; the token's are for those that need one. */
const COMMON_ERRORS = ['INTERNAL', 'RATE_LIMITED'] as const;
const TOKEN_ERRORS = ['TOKEN_MISSING', 'TOKEN_UNKNOWN'] as const;
const BODY_ERRORS = ['BODY_TOO_LARGE', 'REQUEST_INVALID', 'REQUEST_MALFORMED'] as const;

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of these routes, from the schemas that also check them. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:([a-z]+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][route.method] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Manyhands',
      version,
      description:
        'Post jobs to a volunteer compute network and read their results. Every error has the ' +
        'form {error: {code, message, facts}}; codes are stable.',
    },
    paths,
    components: {
      schemas: namedSchemas(),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token, mh_...' },
        downloadKey: { type: 'apiKey', in: 'query', name: 'key' },
      },
    },
  };
}

/** Schemas that are nouns of the API, under their names. */
const NOUNS = new Map<z.ZodMiniType, string>();
for (const [name, value] of Object.entries({ ...schemas, JobSpec }))
  if (value instanceof z.ZodMiniType) NOUNS.set(value, name);

function namedSchemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of NOUNS) registry.add(schema, { id });
  const { schemas: all } = z.toJSONSchema(registry, {
    uri: (id) => `#/components/schemas/${id}`,
    io: 'input',
    unrepresentable: 'any',
  });
  const named = Object.fromEntries(
    Object.entries(all).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema]),
  );
  // What several share without a name of its own is put beside them, as if it were a document.
  return JSON.parse(JSON.stringify(named).replaceAll('/__shared#/', '/__shared/'));
}

function reference(schema: z.ZodMiniType): Json {
  const name = NOUNS.get(schema);
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  const { $schema: _, ...inline } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return inline;
}

function operation({
  method,
  path,
  summary,
  access,
  query,
  request,
  response,
  errors,
}: Route): Json {
  const security = {
    public: [],
    requester: [{ token: [] }],
    admin: [{ token: [] }],
    job: method === 'get' ? [{ token: [] }, { downloadKey: [] }] : [{ token: [] }],
  }[access];
  return {
    operationId: `${method}${path.replace(/^\/v1/, '').replace(/[/:.-]+([a-z])/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    security,
    parameters: [
      ...[...path.matchAll(/:([a-z]+)/g)].map(([, name]) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      })),
      ...(query ?? []).map(({ name, description, type }) => ({
        name,
        in: 'query',
        description,
        schema: { type },
      })),
    ],
    ...(request && { requestBody: requestBody(request) }),
    responses: {
      [response.status]: {
        description: response.description,
        content: {
          [response.contentType ?? 'application/json']: {
            schema: response.body ? reference(response.body) : { type: 'string', format: 'binary' },
          },
        },
      },
      ...errorResponses([
        ...COMMON_ERRORS,
        ...(access === 'public' ? [] : TOKEN_ERRORS),
        ...(access === 'admin' ? ['ADMIN_ONLY'] : []),
        ...(request && request !== 'bytes' ? BODY_ERRORS : []),
        ...errors,
      ]),
    },
  };
}

function requestBody(request: z.ZodMiniType | 'bytes'): Json {
  const content =
    request === 'bytes'
      ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
      : { 'application/json': { schema: reference(request) } };
  return { required: true, content };
}

function errorResponses(codes: readonly string[]): Json {
  const byStatus = new Map<number, string[]>();
  for (const code of codes) {
    const status = statusOf(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      status,
      {
        description: list.toSorted().join(', '),
        content: { 'application/json': { schema: reference(schemas.ErrorResponse) } },
      },
    ]),
  );
}
