import { once } from 'node:events';
import { createWriteStream, existsSync, readFileSync, type WriteStream } from 'node:fs';
import { extname } from 'node:path';
import type { ResultRow } from '../../shared/api/schemas.ts';
import { ManyhandsError } from '../../shared/errors.ts';

export type OutputFormat = 'ndjson' | 'csv' | 'zip';

/** Format of an output file by its name; NDJSON where the name says nothing else. */
export function outputFormat(path: string | undefined): OutputFormat {
  const extension = path === undefined ? '' : extname(path).toLowerCase();
  if (extension === '.csv') return 'csv';
  return extension === '.zip' ? 'zip' : 'ndjson';
}

/**
 * Refuses to write over what is there.
 * @throws ManyhandsError `OUTPUT_EXISTS`.
 */
export function checkOutput(path: string | undefined, force: boolean): void {
  if (path === undefined || force || !existsSync(path)) return;
  throw new ManyhandsError(
    'OUTPUT_EXISTS',
    `${path} is there already. Name another file, or add --force to write over it.`,
    { path },
  );
}

/**
 * Cursor of the last whole row of an NDJSON file that was written before.
 * @throws ManyhandsError `OUTPUT_NOT_RESULTS` where its last line is no result.
 */
export function lastCursor(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const last = lines.at(-1);
  if (!last) return undefined;
  try {
    const { cursor } = JSON.parse(last) as { cursor?: unknown };
    if (typeof cursor === 'string') return cursor;
  } catch {
    // Falls through to the error: a half-written line is no place to go on from.
  }
  throw new ManyhandsError(
    'OUTPUT_NOT_RESULTS',
    `The last line of ${path} is not a whole result.`,
    { path },
  );
}

/** Rows as NDJSON into a file, or to standard output; waits where the other side is slow. */
export class RowWriter {
  readonly #stream: WriteStream | NodeJS.WriteStream;
  readonly #owned: boolean;

  constructor(path: string | undefined, append: boolean) {
    this.#owned = path !== undefined;
    this.#stream =
      path === undefined ? process.stdout : createWriteStream(path, { flags: append ? 'a' : 'w' });
  }

  async write(row: ResultRow): Promise<void> {
    if (!this.#stream.write(`${JSON.stringify(row)}\n`)) await once(this.#stream, 'drain');
  }

  async close(): Promise<void> {
    if (!this.#owned) return;
    this.#stream.end();
    await once(this.#stream, 'finish');
  }
}
