import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { SimpleStore } from './simple-store.ts';

const WORKER_SOURCE = fileURLToPath(new URL('bare-worker.ts', import.meta.url));
const JAVASCRIPT = 'text/javascript; charset=utf-8';
const PAGE = '<!doctype html><title>Bare worker</title>';

interface Answer {
  type: string;
  body: string | Uint8Array;
}

/** A server of the bare worker's page, on localhost. */
export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves an empty page, the bare worker and the compiled programs. Given a store, it also hands out
 * shards and takes results one by one, for the simplest method of all.
 *
 * @param programs compiled modules by the name they are fetched under, such as `spin`
 */
export async function servePage(
  programs: Readonly<Record<string, Uint8Array>>,
  store?: SimpleStore,
): Promise<PageServer> {
  const files = new Map<string, Answer>([
    ['/', { type: 'text/html; charset=utf-8', body: PAGE }],
    ['/bare-worker.js', { type: JAVASCRIPT, body: await bundleWorker() }],
  ]);
  for (const [name, body] of Object.entries(programs)) {
    files.set(`/${name}.wasm`, { type: 'application/wasm', body });
  }
  const server = createServer(async (request, response) => {
    const answer = files.get(request.url ?? '') ?? (store && (await exchange(request, store)));
    response.writeHead(answer ? 200 : 404, { 'content-type': answer?.type ?? 'text/plain' });
    response.end(answer?.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Work out, or a result in; undefined for any other request. */
async function exchange(request: IncomingMessage, store: SimpleStore): Promise<Answer | undefined> {
  const [, kind, shard] = (request.url ?? '').split('/');
  if (kind === 'work') {
    return { type: 'application/json', body: JSON.stringify({ shard: store.next() }) };
  }
  if (kind !== 'result') return undefined;
  store.keep(Number(shard), await buffer(request));
  return { type: 'text/plain', body: '' };
}

async function bundleWorker(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, target: 'es2024', rolldownOptions: { input: WORKER_SOURCE } },
  });
  const output = [built].flat().flatMap((one) => ('output' in one ? one.output : []));
  const [chunk] = output.filter((one) => one.type === 'chunk');
  return chunk.code;
}
