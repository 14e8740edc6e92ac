import { blobsOf, withContents } from '../../shared/api/contents.ts';
import type { ResultRow } from '../../shared/api/schemas.ts';
import { ApiError } from './errors.ts';
import type { Http } from './http.ts';

/** Rows whose outputs are fetched at a time: each waits for nodes, not for this side. */
const AHEAD = 4;
/** Pauses before further tries, in milliseconds; the coordinator itself waits for nodes as well. */
const RETRY_PAUSES_MS = [1000, 5000, 10_000];

/**
 * Rows in their order with large outputs in them, in place of the references that the coordinator
 * sends. What cannot be had (its nodes are away) stays a reference, and `onMissing` is told; a later
 * row of the same shard may bring it.
 */
export async function* wholeRows(
  rows: AsyncIterable<ResultRow>,
  http: Pick<Http, 'request'>,
  signal?: AbortSignal,
  onMissing?: (row: ResultRow) => void,
): AsyncGenerator<ResultRow> {
  const iterator = rows[Symbol.asyncIterator]();
  const waiting: Promise<ResultRow>[] = [];
  let next: Promise<IteratorResult<ResultRow>> | null = iterator.next();
  try {
    while (next || waiting.length > 0) {
      const isFull = waiting.length >= AHEAD;
      const arrived = await Promise.race([
        ...(next && !isFull ? [next] : []),
        ...waiting.slice(0, 1).map((row) => row.then(asReady)),
      ]);
      if ('ready' in arrived) {
        waiting.shift();
        yield arrived.ready;
      } else if (arrived.done) next = null;
      else if (waiting.length === 0 && blobsOf(arrived.value).length === 0) {
        yield arrived.value;
        next = iterator.next();
      } else {
        const row = wholeRow(arrived.value, http, signal, onMissing);
        // Its failure is told in its turn.
        row.catch(() => {});
        waiting.push(row);
        next = iterator.next();
      }
    }
  } finally {
    await iterator.return?.();
  }
}

const asReady = (ready: ResultRow) => ({ ready });

async function wholeRow(
  row: ResultRow,
  http: Pick<Http, 'request'>,
  signal: AbortSignal | undefined,
  onMissing: ((row: ResultRow) => void) | undefined,
): Promise<ResultRow> {
  const blobs = blobsOf(row);
  if (blobs.length === 0) return row;
  const bytes = new Map<string, Uint8Array>();
  for (const { blob } of blobs) {
    const found = bytes.get(blob) ?? (await fetchOutput(http, blob, signal));
    if (found) bytes.set(blob, found);
  }
  const whole = withContents(row, (blob) => bytes.get(blob));
  if (blobsOf(whole).length > 0) onMissing?.(whole);
  return whole;
}

/** A blob's bytes; null where neither the coordinator nor a node that it knows has them now. */
async function fetchOutput(
  http: Pick<Http, 'request'>,
  blob: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer> | null> {
  for (const pause of [...RETRY_PAUSES_MS, null]) {
    try {
      return await fetchBlob(http, blob, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ApiError && error.status === 404) return null;
      if (error instanceof ApiError && error.status < 500) throw error;
      if (pause === null) return null;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return null;
}

/**
 * A whole blob. The coordinator fetches an output from the nodes that computed it where it has to.
 * @throws ApiError `BLOB_NOT_FOUND`, `BLOB_ON_NODES`; ManyhandsError `UNREACHABLE`
 */
export async function fetchBlob(
  http: Pick<Http, 'request'>,
  blob: string,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await http.request(`/v1/blobs/${blob}`, { signal });
  return new Uint8Array(await response.arrayBuffer());
}
