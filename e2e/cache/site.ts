import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** A site with a page that opens caches in workers. */
export interface CacheSite {
  readonly url: string;
  close(): Promise<void>;
}

export async function startCacheSite(): Promise<CacheSite> {
  const [page, worker] = await Promise.all([bundle('page.ts'), bundle('worker.ts')]);
  const files = new Map([
    [
      '/',
      {
        type: 'text/html',
        body: '<!doctype html><title>Cache</title><script src="/page.js"></script>',
      },
    ],
    ['/page.js', { type: 'text/javascript', body: page }],
    ['/worker.js', { type: 'text/javascript', body: worker }],
  ]);
  const server = createServer(({ url }, response) => {
    const file = files.get(url ?? '');
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': `${file.type}; charset=utf-8` });
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

async function bundle(name: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      write: false,
      target: 'es2024',
      lib: {
        entry: fileURLToPath(new URL(name, import.meta.url)),
        name: 'cachePage',
        formats: ['iife'],
      },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!('output' in output)) throw new TypeError('vite was asked to build once, not to watch');
  return output.output[0].code;
}
