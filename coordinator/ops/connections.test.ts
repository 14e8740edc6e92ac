import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, test } from 'vitest';
import { limitConnections } from './connections.ts';
import { networkSet } from './networks.ts';

const server = createServer((_, response) => response.end('ok'));
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('API-4 an address has so many connections and no more, until one of them ends', async () => {
  limitConnections(server, 2, [networkSet(['192.0.2.0/24'])]);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const open = async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  const first = await open();
  await open();
  const third = await open();
  await once(third, 'close');
  first.destroy();
  // The server hears of it a moment later, and until then turns others away.
  for (let answered = false; !answered; ) {
    const next = await open();
    next.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    answered = await Promise.race([
      once(next, 'data').then(() => true),
      once(next, 'close').then(() => false),
    ]);
  }
});
