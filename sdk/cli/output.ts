import { once } from 'node:events';
import {
  accessSync,
  constants,
  createWriteStream,
  existsSync,
  readFileSync,
  type WriteStream,
} from 'node:fs';
import { dirname, extname } from 'node:path';
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
 * Refuses to write over what is there, and where nothing can be written: before a job is posted.
 * @throws ManyhandsError `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`.
 */
export function checkOutput(path: string | undefined, force: boolean): void {
  if (path === undefined) return;
  const there = existsSync(path);
  if (there && !force)
    throw new ManyhandsError(
      'OUTPUT_EXISTS',
      `${path} is there already. Name another file, or add --force to write over it.`,
      { path },
    );
  try {
    accessSync(there ? path : dirname(path), constants.W_OK);
  } catch (error) {
    throw unwritable(path, error as Error);
  }
}

function unwritable(path: string, { message }: Error): ManyhandsError {
  return new ManyhandsError(
    'OUTPUT_UNWRITABLE',
    `${path} cannot be written. Make room or choose another place; the results stay with the job.`,
    { path, problem: message },
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
    `The last line of ${path} is not a whole result. Remove that line and try again.`,
    { path },
  );
}

/**
 * Rows as NDJSON into a file, or to standard output; waits where the other side is slow.
 * Both methods throw ManyhandsError `OUTPUT_UNWRITABLE`.
 */
export class RowWriter {
  readonly #stream: WriteStream | NodeJS.WriteStream;
  readonly #path: string | undefined;
  #failure: Error | null = null;

  constructor(path: string | undefined, append: boolean) {
    this.#path = path;
    this.#stream =
      path === undefined ? process.stdout : createWriteStream(path, { flags: append ? 'a' : 'w' });
    // Standard output has a listener of its own.
    if (path !== undefined)
      this.#stream.on('error', (error) => {
        this.#failure = error;
      });
  }

  async write(row: ResultRow): Promise<void> {
    if (!this.#stream.write(`${JSON.stringify(row)}\n`)) await this.#wait('drain');
  }

  async close(): Promise<void> {
    if (this.#path === undefined) return;
    this.#stream.end();
    await this.#wait('finish');
  }

  async #wait(event: 'drain' | 'finish'): Promise<void> {
    try {
      if (this.#failure) throw this.#failure;
      await once(this.#stream, event);
    } catch (error) {
      throw this.#path === undefined ? error : unwritable(this.#path, error as Error);
    }
  }
}
