import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A site on a free port of this machine. */
export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

export interface SiteFile {
  type: string;
  body: string;
  /** Its Content-Security-Policy. */
  policy?: string;
}

/** Serves these files, by their paths. */
export async function serveFiles(files: ReadonlyMap<string, SiteFile>): Promise<Site> {
  const server = createServer(({ url }, response) => {
    const file = files.get(url ?? '');
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': `${file.type}; charset=utf-8`,
      ...(file.policy && { 'content-security-policy': file.policy }),
    });
    return response.end(file.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
