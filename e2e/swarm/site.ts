import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { pagePolicy } from '../../coordinator/api/security-headers.ts';
import { Relay } from '../../coordinator/swarm/relay/relay.ts';
import { bundle } from '../../scripts/bundle.ts';
import { RELAY_PATH } from '../../shared/protocol/limits.ts';
import type { Rendezvous } from '../../worker/swarm/links/links.ts';

/** A server with a page for links and a relay behind it, as the coordinator has them. */
export interface LinksSite {
  readonly url: string;
  readonly rendezvous: Rendezvous;
  /** Ends the relay with all connections to it, and starts it again with the same identity. */
  restartRelay(): Promise<void>;
  /** Pairs of peers that speak through the relay now. */
  meetings(): Promise<number>;
  /** Peers that can be reached through it. */
  reservations(): Promise<number>;
  close(): Promise<void>;
}

/**
 * @param entry module of the page's script, whose default export becomes the global `swarm`
 * @param workerEntry module of a worker that the page may start as `/worker.js`
 */
export async function startLinksSite(
  entry = local('page.ts'),
  workerEntry: string | null = null,
): Promise<LinksSite> {
  const secret = new Uint8Array(randomBytes(32));
  const newRelay = () => new Relay({ secret, isKnown: () => true });
  const scripts = new Map([['/page.js', await bundle(entry, GLOBAL)]]);
  if (workerEntry) scripts.set('/worker.js', await bundle(workerEntry, GLOBAL));
  let relay = newRelay();
  const server = createServer((request, response) => {
    const script = scripts.get(request.url ?? '');
    response.writeHead(200, {
      'content-type': script ? 'text/javascript' : 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy(request.headers.host),
    });
    response.end(script ?? PAGE);
  });
  server.on('upgrade', (request, socket, head) => {
    if (request.url === RELAY_PATH) relay.upgrade(request, socket, head);
    else socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const peer = await relay.start();
  return {
    url: `http://${host}/`,
    rendezvous: { url: `ws://${host}${RELAY_PATH}`, peer, iceServers: [] },
    async restartRelay() {
      await relay.stop();
      relay = newRelay();
      await relay.start();
    },
    meetings: () => relay.meetings(),
    reservations: () => relay.reservations(),
    async close() {
      await relay.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What a script's default export is found under. */
const GLOBAL = 'swarm';
const PAGE = '<!doctype html><title>Links</title><body><script src="/page.js"></script>';

function local(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
