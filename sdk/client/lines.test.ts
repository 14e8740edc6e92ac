import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lines } from './lines.ts';

test('CLI-4 lines come out whole however the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' '))),
      fc.integer({ min: 1, max: 7 }),
      async (texts, size) => {
        const bytes = new TextEncoder().encode(texts.map((text) => `${text}\n`).join(''));
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            for (let at = 0; at < bytes.length; at += size)
              controller.enqueue(bytes.subarray(at, at + size));
            controller.close();
          },
        });
        const found = [];
        for await (const line of lines(body)) found.push(line);
        expect(found).toEqual(texts);
      },
    ),
  );
});
