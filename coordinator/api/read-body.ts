import * as z from 'zod/mini';
import { concat, fromUtf8Strict } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import { problemAt } from './problem.ts';

/** A job spec with ten thousand input files takes about 2 MB. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * The JSON body of a request, checked by its schema.
 * @throws ManyhandsError `BODY_TOO_LARGE`, `REQUEST_MALFORMED` (not JSON), `REQUEST_INVALID` (does
 *   not fit; `facts.path` says where)
 */
export async function readJson<Schema extends z.ZodMiniType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = fromUtf8Strict(await readBytes(request));
  let value: unknown;
  try {
    // A body that is not there at all stands for one with everything left out.
    value = text === '' ? {} : JSON.parse(text ?? '');
  } catch {
    throw new ManyhandsError(
      'REQUEST_MALFORMED',
      'The body of this request is not JSON. Send UTF-8 JSON as documented in /v1/openapi.json.',
    );
  }
  const parsed = z.safeParse(schema, value, { error: z.locales.en().localeError });
  if (parsed.success) return parsed.data;
  const { path, message } = problemAt(parsed.error.issues);
  throw new ManyhandsError(
    'REQUEST_INVALID',
    `${path === '' ? 'The body' : path} cannot be used: ${message}.`,
    { path },
  );
}

async function readBytes(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw bodyTooLarge();
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body ?? []) {
    length += part.length;
    if (length > MAX_BODY_BYTES) throw bodyTooLarge();
    parts.push(part);
  }
  return concat(parts);
}

function bodyTooLarge(): ManyhandsError {
  return new ManyhandsError(
    'BODY_TOO_LARGE',
    `The body of this request is larger than ${MAX_BODY_BYTES} bytes. Put data into blobs (PUT /v1/blobs/ID).`,
    { limit: MAX_BODY_BYTES },
  );
}
