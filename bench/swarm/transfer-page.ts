import { Libp2pLinks } from '../../worker/swarm/links/libp2p-links.ts';
import type { Rendezvous } from '../../worker/swarm/links/links.ts';
import { servePort } from '../../worker/swarm/links/port-links.ts';
import { PlainChannel } from './transfer-plain.ts';

/** The page of one node: libp2p here, all else in the worker, as in a contributor's page. */
const worker = new Worker('/worker.js');

function ask<T>(message: unknown[], moved: Transferable[] = []): Promise<T> {
  return new Promise((resolve) => {
    worker.addEventListener('message', ({ data }) => resolve(data as T), { once: true });
    worker.postMessage(message, moved);
  });
}

async function start(rendezvous: Rendezvous, bytes: number): Promise<string> {
  const { port1, port2 } = new MessageChannel();
  servePort((events) => new Libp2pLinks(events), port1);
  return ask(['start', rendezvous, bytes], [port2]);
}

export default {
  start,
  dial: (peer: string) => ask<void>(['dial', peer]),
  fetch: (bytes: number) => ask<number>(['fetch', bytes]),
  plain: new PlainChannel(),
};
