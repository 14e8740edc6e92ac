import { utf8 } from '../../../shared/bytes.ts';
import type { Verdict } from './row.ts';

/** Large enough that a row costs no system call, small enough that a slow reader holds little. */
const PIECE_BYTES = 64 * 1024;

/**
 * The text of each verdict, in pieces. What a page has goes out at its end, so that a reader who
 * follows a job waits for no row that is there.
 *
 * @param head text before the first
 */
export async function* textPieces(
  pages: AsyncIterable<Iterable<Verdict>>,
  toText: (verdict: Verdict) => string,
  head = '',
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let text = head;
  for await (const page of pages) {
    for (const verdict of page) {
      text += toText(verdict);
      if (text.length < PIECE_BYTES) continue;
      yield utf8(text);
      text = '';
    }
    if (text !== '') yield utf8(text);
    text = '';
  }
  if (text !== '') yield utf8(text);
}

/** Pieces as the body of a response: the source is asked only as fast as the client takes. */
export function byteStream(
  pieces: AsyncIterable<Uint8Array<ArrayBuffer>>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
