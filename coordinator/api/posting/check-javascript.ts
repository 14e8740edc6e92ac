import { Script } from 'node:vm';
import { fromUtf8Strict } from '../../../shared/bytes.ts';
import { ManyhandsError } from '../../../shared/errors.ts';
import { wrapSource } from '../../../shared/job/javascript.ts';

/** A function, not data: it travels inside the worker's own source. */
const MAX_SOURCE_BYTES = 1024 * 1024;

const FILE_NAME = 'program.js';

/**
 * Compiles a JavaScript program, and never runs any of it.
 * @throws ManyhandsError SOURCE_TOO_LARGE, SOURCE_NOT_TEXT, JAVASCRIPT_SYNTAX (facts: line and
 *   column, from 1) and those of `wrapSource`
 */
export function checkJavaScript(bytes: Uint8Array): void {
  if (bytes.length > MAX_SOURCE_BYTES)
    throw new ManyhandsError(
      'SOURCE_TOO_LARGE',
      `The program has more than ${MAX_SOURCE_BYTES} bytes. Give its data as input files.`,
      { bytes: bytes.length, limit: MAX_SOURCE_BYTES },
    );
  const source = fromUtf8Strict(bytes);
  if (source === null)
    throw new ManyhandsError(
      'SOURCE_NOT_TEXT',
      'The program is not UTF-8 text. Is it a .wasm file? Then its kind is "wasi".',
    );
  const { expression, prefixColumns } = wrapSource(source);
  try {
    new Script(`(${expression})`, { filename: FILE_NAME });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const place = placeOf(error, prefixColumns + 1);
    throw new ManyhandsError(
      'JAVASCRIPT_SYNTAX',
      `The program does not compile: ${error.message}${place ? ` (line ${place.line}, column ${place.column})` : ''}.`,
      place ?? {},
    );
  }
}

/** V8 tells the line in the first line of the stack, and the column by a caret under the source. */
function placeOf(error: Error, prefixColumns: number): { line: number; column: number } | null {
  const [head, , carets] = (error.stack ?? '').split('\n');
  const line = Number(new RegExp(`^${FILE_NAME}:(\\d+)$`).exec(head)?.[1]);
  const caret = carets?.indexOf('^') ?? -1;
  if (!Number.isInteger(line) || caret < 0) return null;
  return { line, column: Math.max(1, caret + 1 - (line === 1 ? prefixColumns : 0)) };
}
