import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { limitConnections } from './connections.ts';
import { networkSet } from './networks.ts';

const server = createServer();
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
  await once(first, 'close');
  // The server hears of it a moment later.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const fourth = await open();
  fourth.write('GET / HTTP/1.1\r\n');
  expect(fourth.destroyed).toBe(false);
});
