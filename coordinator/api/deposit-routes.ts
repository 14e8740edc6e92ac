import { BlobInfo } from '../../shared/api/schemas.ts';
import { impatient } from '../blobs/impatient.ts';
import { blobId } from './blob-routes.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';

/** Where nodes upload outputs that the coordinator asked them for. */
export function depositRoutes({ outputs }: Services): Route[] {
  return [
    {
      method: 'put',
      path: '/v1/deposits/:id',
      summary: 'For nodes: upload an output that the coordinator asked this node for',
      access: 'public',
      query: [{ name: 'ticket', type: 'string', description: 'as it came with the request' }],
      request: 'bytes',
      response: { status: 201, description: 'Its id and length', body: BlobInfo },
      errors: [
        'BLOB_ID_MALFORMED',
        'TICKET_INVALID',
        'BLOB_MISMATCH',
        'BLOB_TOO_LARGE',
        'DISK_FULL',
        'UPLOADS_BUSY',
        'UPLOAD_STALLED',
      ],
      handle: async (call) => {
        const id = blobId(call);
        const request = call.context.req.raw;
        const announced = request.headers.get('content-length');
        const info = await outputs.deposit(id, call.query('ticket') ?? '', {
          bytes: request.body ? impatient(request.body) : [],
          declaredBytes: announced === null ? undefined : Number(announced),
        });
        return Response.json(info satisfies BlobInfo, { status: 201 });
      },
    },
  ];
}
