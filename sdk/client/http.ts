import * as z from 'zod/mini';
import { ManyhandsError } from '../../shared/errors.ts';
import { apiError, unreachable } from './errors.ts';

export interface ClientOptions {
  /** The coordinator's address, such as `https://compute.example.org`. */
  url: string;
  /** API token; not needed for what is public. */
  token?: string;
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'HEAD';
  /** Sent as JSON. */
  json?: unknown;
  body?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Requests to one coordinator: address, token, errors with codes. */
export class Http {
  readonly #base: string;
  readonly #token: string | undefined;

  constructor({ url, token }: ClientOptions) {
    if (!URL.canParse(url))
      throw new ManyhandsError(
        'URL_INVALID',
        `"${url}" is not an address. Write it as http://host:port.`,
      );
    this.#base = url.replace(/\/+$/, '');
    this.#token = token;
  }

  /**
   * The response, where its status says success.
   * @throws ApiError with the coordinator's own code; ManyhandsError `UNREACHABLE`.
   */
  async request(path: string, options: RequestOptions = {}): Promise<Response> {
    const headers = new Headers(options.headers);
    if (this.#token) headers.set('authorization', `Bearer ${this.#token}`);
    if (options.json !== undefined) headers.set('content-type', 'application/json');
    const streamed = options.body instanceof ReadableStream;
    let response: Response;
    try {
      response = await fetch(this.#base + path, {
        method: options.method ?? 'GET',
        headers,
        body: options.json === undefined ? options.body : JSON.stringify(options.json),
        signal: options.signal,
        ...(streamed && { duplex: 'half' }),
      });
    } catch (error) {
      options.signal?.throwIfAborted();
      throw unreachable(this.#base, error);
    }
    if (!response.ok) throw await apiError(response);
    return response;
  }

  /** The response's JSON, checked against the schema that both sides share. */
  async json<S extends z.ZodMiniType>(
    schema: S,
    path: string,
    options?: RequestOptions,
  ): Promise<z.output<S>> {
    const response = await this.request(path, options);
    const parsed = z.safeParse(schema, await response.json());
    if (!parsed.success)
      throw new ManyhandsError(
        'ANSWER_INVALID',
        'The coordinator answered in a form that this client does not know. One of the two is too old.',
        { path, problem: parsed.error.issues[0].message },
      );
    return parsed.data;
  }
}
