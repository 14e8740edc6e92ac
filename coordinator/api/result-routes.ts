import { FailurePage, ResultRow } from '../../shared/api/schemas.ts';
import { decodeIndex } from '../../shared/job/slice-index.ts';
import type { JobRow } from '../store/store.ts';
import { requireJob } from './job-access.ts';
import { queryInteger, querySwitch } from './query.ts';
import { byteStream, textPieces } from './results/byte-stream.ts';
import { csvTable } from './results/csv.ts';
import { parseCursor } from './results/cursor.ts';
import { readFailures } from './results/failures.ts';
import { readLog } from './results/read-log.ts';
import { type RowContext, toRow, type Verdict } from './results/row.ts';
import { wholeOutputs } from './results/whole-outputs.ts';
import { zipPieces } from './results/zip.ts';
import type { Call, QueryParameter, Route } from './route.ts';
import type { Services } from './services.ts';

const MAX_FAILURES = 1000;

const AFTER: QueryParameter = {
  name: 'after',
  type: 'string',
  description: 'cursor of the last row that arrived; left out for the beginning',
};
const LIMIT: QueryParameter = { name: 'limit', type: 'integer', description: 'rows at most' };

/** Routes that read a job's results. */
export function resultRoutes(services: Services): Route[] {
  const { store } = services;
  return [
    {
      method: 'get',
      path: '/v1/jobs/:id/results',
      summary:
        'Verdicts in the order in which they were reached, one JSON object (ResultRow) a line. ' +
        'A shard that was retried has one line for each verdict; the last one counts',
      access: 'job',
      query: [
        AFTER,
        LIMIT,
        { name: 'follow', type: 'integer', description: '1 waits for more until the job ends' },
      ],
      response: {
        status: 200,
        description: 'Lines of JSON',
        body: ResultRow,
        contentType: 'application/x-ndjson',
      },
      errors: ['JOB_NOT_FOUND', 'CURSOR_MALFORMED'],
      handle: async (call) => {
        const row = await requireJob(call, store);
        const context = await rowContext(row, services);
        const line = (verdict: Verdict) => `${JSON.stringify(toRow(verdict, context))}\n`;
        return download(
          row,
          'ndjson',
          'application/x-ndjson',
          textPieces(pages(call, row, services), line),
        );
      },
    },
    {
      method: 'get',
      path: '/v1/jobs/:id/results.csv',
      summary: 'Results as a table; files are in results.zip',
      access: 'job',
      query: [AFTER, LIMIT],
      response: { status: 200, description: 'CSV (RFC 4180)', contentType: 'text/csv' },
      errors: ['JOB_NOT_FOUND', 'CURSOR_MALFORMED'],
      handle: async (call) => {
        const row = await requireJob(call, store);
        const context = await rowContext(row, services);
        const table = csvTable(row.spec);
        const line = (verdict: Verdict) => table.line(toRow(verdict, context));
        return download(
          row,
          'csv',
          'text/csv; charset=utf-8',
          textPieces(wholePages(call, row, services), line, table.head),
        );
      },
    },
    {
      method: 'get',
      path: '/v1/jobs/:id/results.zip',
      summary:
        'Results as files, in a folder a shard. What does not fit into one archive is in the next, ' +
        'which begins where CONTINUE.txt in the first says',
      access: 'job',
      query: [AFTER, LIMIT],
      response: { status: 200, description: 'A zip archive', contentType: 'application/zip' },
      errors: ['JOB_NOT_FOUND', 'CURSOR_MALFORMED'],
      handle: async (call) => {
        const row = await requireJob(call, store);
        return download(
          row,
          'zip',
          'application/zip',
          zipPieces(wholePages(call, row, services), row),
        );
      },
    },
    {
      method: 'get',
      path: '/v1/jobs/:id/failures',
      summary: 'Shards that failed or were given up, with the reason',
      access: 'job',
      query: [AFTER, LIMIT],
      response: { status: 200, description: 'A page of failures', body: FailurePage },
      errors: ['JOB_NOT_FOUND', 'CURSOR_MALFORMED'],
      handle: async (call) => {
        const row = await requireJob(call, store);
        const limit = queryInteger(call, 'limit', {
          minimum: 1,
          maximum: MAX_FAILURES,
          fallback: 100,
        });
        return Response.json(
          await readFailures(row, parseCursor(call.query('after')), limit, store),
        );
      },
    },
  ];
}

function pages(call: Call, row: JobRow, services: Services): AsyncIterable<Iterable<Verdict>> {
  return readLog(
    row,
    {
      after: parseCursor(call.query('after')),
      limit: queryInteger(call, 'limit', {
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        fallback: Number.MAX_SAFE_INTEGER,
      }),
      follow: querySwitch(call, 'follow'),
      signal: call.signal,
    },
    services,
  );
}

/** For files that are to have everything in them: outputs are fetched from nodes as they are written. */
function wholePages(call: Call, row: JobRow, services: Services) {
  return wholeOutputs(pages(call, row, services), services, call.signal);
}

/** Rows of `chunks` say where their chunk begins, which is in the index. */
async function rowContext(row: JobRow, { blobs }: Services): Promise<RowContext> {
  const facts =
    row.spec.inputs.kind === 'chunks' && row.index
      ? decodeIndex(await blobs.load(row.index.blob))
      : undefined;
  return { spec: row.spec, blockShards: row.blockShards, facts };
}

function download(
  { id }: JobRow,
  extension: string,
  contentType: string,
  pieces: AsyncIterable<Uint8Array<ArrayBuffer>>,
): Response {
  return new Response(byteStream(pieces), {
    headers: {
      'Content-Type': contentType,
      'Content-Disposition': `attachment; filename="manyhands-${id}.${extension}"`,
      'Cache-Control': 'no-store',
      // Proxies that gather a response before they pass it on would hold rows back.
      'X-Accel-Buffering': 'no',
    },
  });
}
