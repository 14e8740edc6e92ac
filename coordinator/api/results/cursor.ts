import { ManyhandsError } from '../../../shared/errors.ts';

/** A place in a job's result log: behind verdict `offset` of the record `sequence`. */
export interface Cursor {
  sequence: number;
  offset: number;
}

/** The beginning of every log. */
const LOG_START: Cursor = { sequence: 0, offset: 0 };

/** `12.3`: the text form that rows carry. */
export function cursorText({ sequence, offset }: Cursor): string {
  return `${sequence}.${offset}`;
}

/** @throws ManyhandsError `CURSOR_MALFORMED` */
export function parseCursor(text: string | undefined): Cursor {
  if (text === undefined) return LOG_START;
  const [matched, sequence, offset] = /^(\d{1,15})\.(\d{1,5})$/.exec(text) ?? [];
  if (matched === undefined)
    throw new ManyhandsError(
      'CURSOR_MALFORMED',
      'The cursor in ?after= is not one of ours. Copy the cursor of the last row that arrived.',
      { after: text.slice(0, 40) },
    );
  return { sequence: Number(sequence), offset: Number(offset) };
}
