import { expect, test } from 'vitest';
import { impatient } from './impatient.ts';

test('API-12 an upload that falls silent is given up, with what came before it read', async () => {
  const silent = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(Uint8Array.of(1)),
  });
  const pieces: Uint8Array[] = [];
  const reading = async () => {
    for await (const piece of impatient(silent, 20)) pieces.push(piece);
  };
  await expect(reading()).rejects.toMatchObject({ code: 'UPLOAD_STALLED' });
  expect(pieces).toEqual([Uint8Array.of(1)]);
});
