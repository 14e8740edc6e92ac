import { common } from '../text/en/common.ts';
import { ApiError, connectionError, errorOf } from './errors.ts';

/** What `safeParse` of a shared schema gives. */
interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

/** One call of the coordinator's HTTP API; `path` begins behind `/v1`. */
export interface Call {
  method?: 'GET' | 'POST' | 'PUT';
  token?: string | null;
  /** Sent as JSON. */
  json?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * A successful response of the API.
 * @throws ApiError with the coordinator's code, or `UNREACHABLE`; AbortError.
 */
export async function call(path: string, options: Call = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  if (options.token) headers.set('Authorization', `Bearer ${options.token}`);
  if (options.json !== undefined) headers.set('Content-Type', 'application/json');
  let response: Response;
  try {
    response = await fetch(`/v1${path}`, {
      method: options.method ?? 'GET',
      headers,
      body: options.json === undefined ? null : JSON.stringify(options.json),
      signal: options.signal ?? null,
    });
  } catch (thrown) {
    throw connectionError(thrown);
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

/**
 * The JSON body of a successful response, checked.
 * @throws as `call`, and ApiError `ANSWER_INVALID` where it does not fit the schema.
 */
export async function callJson<T>(schema: Schema<T>, path: string, options?: Call): Promise<T> {
  const response = await call(path, options);
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ApiError(response.status, 'ANSWER_INVALID', common.badAnswer, { call: path });
}
