import { expect, test, vi } from 'vitest';
import type { BlobContent, ResultRow } from '../../shared/api/schemas.ts';
import { ApiError } from './errors.ts';
import { wholeRows } from './whole-rows.ts';

const row = (shard: number, rest: Partial<ResultRow> = {}): ResultRow => ({
  shard,
  cursor: `1.${shard}`,
  input: {},
  status: 'ok',
  confidence: 1,
  agreed: 1,
  ...rest,
});
const reference = (name: string): BlobContent => ({
  blob: name.repeat(64),
  bytes: 9,
  manifest: name.repeat(64),
});

async function* given(rows: ResultRow[]) {
  yield* rows;
}

async function all(rows: AsyncIterable<ResultRow>): Promise<ResultRow[]> {
  const got: ResultRow[] = [];
  for await (const next of rows) got.push(next);
  return got;
}

/** Answers with these texts, by the first letter of the blob. */
const httpOf = (answer: (name: string) => string | Error) => ({
  async request(path: string): Promise<Response> {
    const text = answer(path['/v1/blobs/'.length]);
    if (text instanceof Error) throw text;
    return new Response(text);
  },
});

test('SWM-130 rows come in their order with outputs in place of references', async () => {
  const rows = [
    row(0, { stdout: { text: 'as it is' } }),
    row(1, { stdout: reference('a'), files: [{ path: '/f', content: reference('b') }] }),
    row(2, { valueContent: reference('c') }),
    row(3),
  ];
  const http = httpOf((name) => ({ a: 'text', b: 'file', c: '{"n":1}' })[name] ?? '');
  expect(await all(wholeRows(given(rows), http))).toEqual([
    rows[0],
    row(1, { stdout: { text: 'text' }, files: [{ path: '/f', content: { text: 'file' } }] }),
    row(2, { value: { n: 1 } }),
    rows[3],
  ]);
});

test('SWM-130 what cannot be had stays a reference, and is told', async () => {
  const rows = [row(0, { stdout: reference('a'), stderr: reference('b') }), row(1)];
  const http = httpOf((name) => (name === 'b' ? 'here' : new ApiError(404, 'BLOB_NOT_FOUND', '')));
  const onMissing = vi.fn();
  const got = await all(wholeRows(given(rows), http, undefined, onMissing));
  expect(got).toEqual([row(0, { stdout: reference('a'), stderr: { text: 'here' } }), row(1)]);
  expect(onMissing).toHaveBeenCalledExactlyOnceWith(got[0]);
});

test('SWM-130 what nodes are slow to deliver is asked for again', async () => {
  vi.useFakeTimers();
  let asked = 0;
  const http = httpOf(() => (++asked < 3 ? new ApiError(503, 'BLOB_ON_NODES', '') : 'late'));
  const reading = all(wholeRows(given([row(0, { stdout: reference('a') })]), http));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await reading).toEqual([row(0, { stdout: { text: 'late' } })]);
  vi.useRealTimers();
});

test('SWM-130 whoever stops reading stops the stream', async () => {
  let closed = false;
  async function* endless() {
    try {
      for (let shard = 0; ; shard++) yield row(shard, { stdout: reference('a') });
    } finally {
      closed = true;
    }
  }
  for await (const _ of wholeRows(
    endless(),
    httpOf(() => 'x'),
  ))
    break;
  expect(closed).toBe(true);
});
