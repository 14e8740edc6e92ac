import { expect, test } from 'vitest';
import { utf8 } from '../bytes.ts';
import { readLines } from './lines.ts';

function stream(...pieces: Uint8Array[]) {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

async function all(body: ReadableStream<Uint8Array>) {
  const lines: string[] = [];
  for await (const line of readLines(body)) lines.push(line);
  return lines;
}

test('CLI-4 lines are the same however the bytes are cut, even within a character', async () => {
  const bytes = utf8('ein\r\nzwölf\n\n€uro');
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(await all(stream(bytes.slice(0, cut), bytes.slice(cut)))).toEqual([
      'ein',
      'zwölf',
      '',
      '€uro',
    ]);
  }
});

test('CLI-4 a stream that is left early is cancelled', async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(utf8('a\nb\n')),
    cancel: () => {
      cancelled = true;
    },
  });
  for await (const line of readLines(body)) if (line === 'b') break;
  expect(cancelled).toBe(true);
});
