import { expect, test, vi } from 'vitest';
import { CHUNK_BYTES } from '../../../shared/blob/chunks.ts';
import { describeBlob } from '../../../shared/blob/manifest.ts';
import { randomBytes } from '../test-crowd.ts';
import { HttpSource } from './http-source.ts';

const BYTES = randomBytes(3 * CHUNK_BYTES + 5);
const { ref } = describeBlob(BYTES);

type Answer = (range: string | null) => Response;

/** A source whose server gives these answers, one after the other, and the last one for ever. */
function sourceOf(...answers: Answer[]) {
  const asked: (string | null)[] = [];
  const modes: (RequestCache | undefined)[] = [];
  let received = 0;
  const source = new HttpSource({
    base: 'http://coordinator.test',
    fetch: async (_url, init) => {
      const range = new Headers(init?.headers).get('Range');
      asked.push(range);
      modes.push(init?.cache);
      return (answers.length > 1 ? answers.shift() : answers[0])?.(range) as Response;
    },
    gate: () => {},
    onBytes: (bytes) => {
      received += bytes;
    },
  });
  return { source, asked, modes, received: () => received };
}

const busy: Answer = () => new Response('', { status: 503 });
const absent: Answer = () => new Response('', { status: 404 });
const serve: Answer = (range) => {
  const [, start, end] = range?.match(/^bytes=(\d+)-(\d+)$/) ?? [];
  return new Response(start ? BYTES.slice(Number(start), Number(end) + 1) : BYTES, {
    status: start ? 206 : 200,
  });
};
/** Breaks after so many bytes. */
const breakAfter =
  (bytes: number): Answer =>
  (range) => {
    const start = Number(range?.match(/\d+/)?.[0] ?? 0);
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          controller.enqueue(BYTES.slice(start, start + bytes));
          controller.error(new Error('the line broke'));
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { status: 206 });
  };

test('SWM-80 a busy server is asked again, one that has no such blob is not', async () => {
  const first = sourceOf(busy, serve);
  expect((await first.source.read(ref.id)).length).toBe(BYTES.length);
  expect(first.asked).toHaveLength(2);
  const second = sourceOf(absent);
  await expect(second.source.read(ref.id)).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  expect(second.asked).toHaveLength(1);
});

test('SWM-80 a part that is not the part asked for is refused', async () => {
  const whole = sourceOf(() => new Response(BYTES));
  const range = { start: 0, end: 3 };
  await expect(whole.source.read(ref.id, range)).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  expect(whole.asked).toEqual(['bytes=0-2']);
});

test('SWM-80 chunks come one by one; after a break it goes on where it was', async () => {
  const { source, asked } = sourceOf(breakAfter(CHUNK_BYTES + 10), serve);
  const chunks: number[] = [];
  const take = async (chunk: number, bytes: Uint8Array) => {
    const start = chunk * CHUNK_BYTES;
    expect(Buffer.compare(bytes, BYTES.subarray(start, start + CHUNK_BYTES))).toBe(0);
    chunks.push(chunk);
  };
  await source.chunks(ref, { first: 0, count: 4 }, take, new AbortController().signal);
  expect(chunks).toEqual([0, 1, 2, 3]);
  const last = BYTES.length - 1;
  expect(asked).toEqual([`bytes=0-${last}`, `bytes=${CHUNK_BYTES}-${last}`]);
});

test('SWM-75 every byte is counted, also of what broke', async () => {
  const { source, received } = sourceOf(breakAfter(100), serve);
  await source.chunks(ref, { first: 0, count: 1 }, async () => {}, new AbortController().signal);
  expect(received()).toBe(CHUNK_BYTES + 100);
});

test('SWM-80 what is ended asks nothing more', async () => {
  const { source, asked } = sourceOf(busy);
  const reading = source.read(ref.id);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  source.stop();
  await expect(reading).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  expect(asked).toHaveLength(1);
});

test('SWM-80 parts pass the browser’s own cache by, whole files do not', async () => {
  const { source, modes } = sourceOf(serve);
  await source.chunks(ref, { first: 0, count: 2 }, async () => {}, new AbortController().signal);
  await source.read(ref.id, { start: 0, end: 3 });
  await source.read(ref.id);
  expect(modes).toEqual(['no-store', 'no-store', 'default']);
});
