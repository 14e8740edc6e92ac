import * as z from 'zod/mini';
import { readLines } from '../../shared/api/lines.ts';
import { ResultRow } from '../../shared/api/schemas.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import { ApiError } from './errors.ts';
import type { Http } from './http.ts';
import { wholeRows } from './whole-rows.ts';

export interface ResultsOptions {
  /** Cursor of the last row that is already known. */
  after?: string;
  /** Go on until the job has ended; otherwise stop at the last verdict there is now. */
  follow?: boolean;
  signal?: AbortSignal;
  /** Leave large outputs where they are: rows then refer to them, and `Client.contentBytes` has them. */
  references?: boolean;
  /** Told of rows of which an output could not be had now; they refer to it. */
  onMissing?(row: ResultRow): void;
}

/** Pauses before the tries to go on with a broken stream, in milliseconds. */
const RETRY_PAUSES_MS = [200, 500, 1000, 2000, 5000, 5000, 5000, 5000];

/** A job's verdicts with their large outputs, unless `references` leaves these out: see below. */
export function results(
  http: Http,
  job: string,
  options: ResultsOptions = {},
): AsyncGenerator<ResultRow> {
  const rows = referringRows(http, job, options);
  if (options.references) return rows;
  return wholeRows(rows, http, options.signal, (row) => options.onMissing?.(row));
}

/**
 * A job's verdicts in the order in which they were reached, each once. A connection that breaks is
 * taken up again after the last row; rows that have come reset the patience.
 * @throws ApiError at once; ManyhandsError `UNREACHABLE` when eight tries in a row fail.
 */
async function* referringRows(
  http: Http,
  job: string,
  options: ResultsOptions,
): AsyncGenerator<ResultRow> {
  let after = options.after;
  for (let tries = 0; ; tries++) {
    try {
      for await (const row of stream(http, job, { ...options, after })) {
        after = row.cursor;
        tries = 0;
        yield row;
      }
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      const final = error instanceof ApiError && error.status < 500;
      if (final || isAnswerInvalid(error) || tries >= RETRY_PAUSES_MS.length) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSES_MS[tries]));
    }
  }
}

async function* stream(
  http: Http,
  job: string,
  options: ResultsOptions,
): AsyncGenerator<ResultRow> {
  const query = new URLSearchParams();
  if (options.after) query.set('after', options.after);
  if (options.follow) query.set('follow', '1');
  const path = `/v1/jobs/${encodeURIComponent(job)}/results?${query}`;
  const response = await http.request(path, { signal: options.signal });
  if (!response.body) return;
  for await (const line of readLines(response.body)) {
    // Blank lines keep an idle stream open through proxies.
    if (line === '') continue;
    yield parseRow(line);
  }
}

function parseRow(line: string): ResultRow {
  const parsed = z.safeParse(ResultRow, parseJson(line));
  if (parsed.success) return parsed.data;
  throw new ManyhandsError(
    'ANSWER_INVALID',
    'A result is in a form that this client does not know.',
    {
      problem: parsed.error.issues[0].message,
    },
  );
}

/** A line cut by a broken connection is no answer at all, so it is read as a broken connection. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new ManyhandsError(
      'STREAM_BROKEN',
      'The stream of results broke off in the middle of a line.',
    );
  }
}

function isAnswerInvalid(error: unknown): boolean {
  return error instanceof ManyhandsError && error.code === 'ANSWER_INVALID';
}
