import { BlobInfo } from '../../shared/api/schemas.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import { BlobId } from '../../shared/job/spec.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import { parseByteRange } from '../blobs/byte-range.ts';
import { impatient } from '../blobs/impatient.ts';
import { byteStream } from './results/byte-stream.ts';
import type { Call, Route } from './route.ts';
import type { Services } from './services.ts';

/**
 * A blob never changes, so it may be kept for ever. It is a stranger's file on our own address:
 * opened as a page it runs nothing.
 */
export const BLOB_HEADERS = {
  'Accept-Ranges': 'bytes',
  'Cache-Control': 'public, max-age=31536000, immutable',
  'Content-Disposition': 'attachment',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Content-Type': 'application/octet-stream',
} as const;

const RECEIVING_ERRORS = ['BLOB_TOO_LARGE', 'DISK_FULL', 'UPLOADS_BUSY', 'UPLOAD_STALLED'];

/** Routes for programs and input files. */
export function blobRoutes({ blobs, outputs, uplink }: Services): Route[] {
  return [
    {
      method: 'post',
      path: '/v1/blobs',
      summary: 'Upload a blob',
      access: 'requester',
      request: 'bytes',
      response: { status: 201, description: 'Its id and length', body: BlobInfo },
      errors: RECEIVING_ERRORS,
      handle: (call) => receive(call, blobs),
    },
    {
      method: 'put',
      path: '/v1/blobs/:id',
      summary: 'Upload a blob under the SHA-256 that it must have',
      access: 'requester',
      request: 'bytes',
      response: { status: 201, description: 'Its id and length', body: BlobInfo },
      errors: ['BLOB_ID_MALFORMED', 'BLOB_MISMATCH', ...RECEIVING_ERRORS],
      handle: (call) => receive(call, blobs, blobId(call)),
    },
    {
      method: 'get',
      path: '/v1/blobs/:id',
      summary:
        'Read a blob or a range of it; HEAD tells whether it is there. An output that is still on ' +
        'the nodes that computed it is fetched from them first',
      access: 'public',
      response: {
        status: 200,
        description: 'The bytes; 206 for a range',
        contentType: 'application/octet-stream',
      },
      errors: ['BLOB_ID_MALFORMED', 'BLOB_NOT_FOUND', 'BLOB_ON_NODES', 'RANGE_NOT_SATISFIABLE'],
      handle: (call) => send(call, { blobs, outputs, uplink }),
    },
  ];
}

/** The blob that a path names. @throws ManyhandsError `BLOB_ID_MALFORMED` */
export function blobId(call: Call): BlobId {
  const parsed = BlobId.safeParse(call.parameter('id'));
  if (parsed.success) return parsed.data;
  throw new ManyhandsError(
    'BLOB_ID_MALFORMED',
    'The id of a blob is its SHA-256: 64 lower-case hexadecimal characters.',
    { path: 'id' },
  );
}

function onNodes(id: BlobId): ManyhandsError {
  return new ManyhandsError(
    'BLOB_ON_NODES',
    'This output is still on the nodes that computed it, and none of them has delivered it yet. Ask again in a moment.',
    { blob: id },
  );
}

async function receive(call: Call, blobs: BlobStore, expected?: BlobId): Promise<Response> {
  const request = call.context.req.raw;
  const announced = request.headers.get('content-length');
  const info = await blobs.receive(request.body ? impatient(request.body) : [], {
    expected,
    declaredBytes: announced === null ? undefined : Number(announced),
  });
  return Response.json(info satisfies BlobInfo, { status: 201 });
}

async function send(
  call: Call,
  { blobs, outputs, uplink }: Pick<Services, 'blobs' | 'outputs' | 'uplink'>,
): Promise<Response> {
  const id = blobId(call);
  let bytes = await blobs.size(id);
  if (bytes === null && call.context.req.method !== 'HEAD') {
    if ((await outputs.collect(id, call.signal)) === 'on-nodes') throw onNodes(id);
    bytes = await blobs.size(id);
  }
  if (bytes === null)
    throw new ManyhandsError('BLOB_NOT_FOUND', 'There is no blob of this id here.', { blob: id });
  const { req } = call.context;
  const headers = new Headers({ ...BLOB_HEADERS, ETag: `"${id}"` });
  if (req.header('If-None-Match') === `"${id}"`)
    return new Response(null, { status: 304, headers });
  const range = parseByteRange(req.header('Range'), bytes);
  if (range.kind === 'unsatisfiable')
    throw new ManyhandsError(
      'RANGE_NOT_SATISFIABLE',
      `This blob has ${bytes} bytes, and the range lies behind its end.`,
      { bytes },
    );
  const part = range.kind === 'part' ? range : undefined;
  headers.set('Content-Length', String(part ? part.last - part.first + 1 : bytes));
  if (part) headers.set('Content-Range', `bytes ${part.first}-${part.last}/${bytes}`);
  const status = part ? 206 : 200;
  if (req.method === 'HEAD' || bytes === 0) return new Response(null, { status, headers });
  const stream = byteStream(uplink.send(() => blobs.read(id, part), call.signal));
  return new Response(stream, { status, headers });
}
