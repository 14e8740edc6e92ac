import { createHash } from 'node:crypto';
import { ManyhandsError } from '../../shared/errors.ts';
import { BLOB_HEADERS, blobId } from './blob-routes.ts';
import { byteStream } from './results/byte-stream.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';

/** Routes for what verifies a blob chunk by chunk. */
export function manifestRoutes({ manifests, uplink }: Services): Route[] {
  return [
    {
      method: 'get',
      path: '/v1/blobs/:id/manifest',
      summary: 'The SHA-256 of each 256 KiB of a blob, to verify it chunk by chunk',
      access: 'public',
      response: {
        status: 200,
        description: 'Magic `MHM1`, length (u64, big-endian), 32 bytes for each chunk',
        contentType: 'application/octet-stream',
      },
      errors: ['BLOB_ID_MALFORMED', 'MANIFEST_NOT_FOUND'],
      async handle(call) {
        const id = blobId(call);
        const manifest = await manifests.read(id);
        if (!manifest)
          throw new ManyhandsError(
            'MANIFEST_NOT_FOUND',
            'There is no such blob here, or it is one chunk, which its own id verifies.',
            { blob: id },
          );
        const etag = `"${createHash('sha256').update(manifest).digest('hex')}"`;
        const headers = { ...BLOB_HEADERS, ETag: etag };
        if (call.context.req.header('If-None-Match') === etag)
          return new Response(null, { status: 304, headers });
        const length = { ...headers, 'Content-Length': String(manifest.length) };
        if (call.context.req.method === 'HEAD') return new Response(null, { headers: length });
        const body = byteStream(uplink.send(() => [manifest], call.signal));
        return new Response(body, { headers: length });
      },
    },
  ];
}
