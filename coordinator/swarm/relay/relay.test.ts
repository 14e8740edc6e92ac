import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { circuitRelayTransport, RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2';
import { identify } from '@libp2p/identify';
import { noise } from '@libp2p/noise';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p, type Libp2p } from 'libp2p';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Relay, type RelayOptions } from './relay.ts';

const SECRET = new Uint8Array(32).fill(9);
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A relay behind a public server, as the gateway has it. */
async function startRelay(options: Partial<RelayOptions> = {}) {
  const relay = new Relay({ secret: SECRET, isKnown: () => true, ...options });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    relay.upgrade(request, socket, head);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.push(
    () => relay.stop(),
    () => server.close(),
  );
  return { relay, port: (server.address() as AddressInfo).port };
}

async function startClient(): Promise<Libp2p> {
  const node = await createLibp2p({
    addresses: { listen: ['/p2p-circuit'] },
    transports: [webSockets(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: { reconnectRetries: 0 },
    services: { identify: identify() },
  });
  endings.push(() => node.stop());
  return node;
}

async function dial(client: Libp2p, port: number, path: string) {
  return client.dial(multiaddr(`/ip4/127.0.0.1/tcp/${port}/ws${path}`));
}

const reserved = (client: Libp2p) =>
  vi.waitFor(() => expect(client.getMultiaddrs().map(String)).not.toEqual([]), 10_000);

test('SWM-32 the relay has the same identity after a restart, and another with another secret', async () => {
  const first = new Relay({ secret: SECRET, isKnown: () => true });
  const peer = await first.start();
  await first.stop();
  const again = new Relay({ secret: SECRET, isKnown: () => true });
  const other = new Relay({ secret: new Uint8Array(32).fill(1), isKnown: () => true });
  endings.push(
    () => again.stop(),
    () => other.stop(),
  );
  expect(await again.start()).toBe(peer);
  expect(await other.start()).not.toBe(peer);
});

test('SWM-33 an upgrade of the public server reaches the relay; addresses of the inside are not told', async () => {
  const { relay, port } = await startRelay();
  const peer = await relay.start();
  const client = await startClient();
  await dial(client, port, `/p2p/${peer}`);
  await reserved(client);
  expect(await relay.reservations()).toBe(1);
  const told = client.getMultiaddrs().map(String);
  expect(told.filter((address) => !address.startsWith(`/ip4/127.0.0.1/tcp/${port}/`))).toEqual([
    expect.stringContaining('/dns4/relay.invalid/'),
  ]);
});

test('SWM-33 an upgrade before there is a relay is refused', async () => {
  const { port } = await startRelay();
  const client = await startClient();
  await expect(dial(client, port, '')).rejects.toThrow();
});

test('SWM-34 a peer that the coordinator does not know gets nowhere', async () => {
  const { relay, port } = await startRelay({ isKnown: () => false });
  const peer = await relay.start();
  const client = await startClient();
  await dial(client, port, `/p2p/${peer}`).catch(() => {});
  await vi.waitFor(() => expect(client.getConnections()).toEqual([]));
  expect(await relay.reservations()).toBe(0);
});

test('SWM-34 two nodes meet through the relay only where they may, and what they say is bounded', async () => {
  let allowed = true;
  const { relay, port } = await startRelay({ mayMeet: () => allowed });
  const peer = await relay.start();
  const [a, b] = [await startClient(), await startClient()];
  for (const client of [a, b]) await dial(client, port, `/p2p/${peer}`);
  await reserved(b);
  const through = `/p2p/${peer}/p2p-circuit/p2p/${b.peerId}`;
  const meeting = await dial(a, port, through);
  expect(Number(meeting.limits?.bytes)).toBeLessThanOrEqual(64 * 1024);
  expect(await relay.meetings()).toBe(1);
  await meeting.close();
  await vi.waitFor(async () => expect(await relay.meetings()).toBe(0));
  allowed = false;
  await expect(dial(a, port, through)).rejects.toThrow();
});

test('SWM-35 a node that left has no place kept, and a crowd from one address finds room', async () => {
  const { relay, port } = await startRelay();
  const peer = await relay.start();
  const crowd = await Promise.all(Array.from({ length: 24 }, startClient));
  await Promise.all(crowd.map((client) => dial(client, port, `/p2p/${peer}`)));
  await Promise.all(crowd.map(reserved));
  expect(await relay.reservations()).toBe(24);
  await relay.drop(crowd[0].peerId.toString());
  await crowd[1].stop();
  await vi.waitFor(async () => expect(await relay.reservations()).toBe(22), 10_000);
  await vi.waitFor(() => expect(crowd[0].getConnections()).toEqual([]), 10_000);
});

test('SWM-34 garbage, half requests and lost sockets cost their sender its connection at most', async () => {
  const { relay, port } = await startRelay();
  const peer = await relay.start();
  for (const text of [
    '',
    'GET /relay HTTP/1.1\r\nUpgrade: websocket\r\n\r\n',
    upgrade('x'),
    upgrade(),
  ]) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(text);
    socket.write(randomBytes(4096));
    socket.destroy();
  }
  for (const message of ['text', randomBytes(3), randomBytes(70_000), randomBytes(600_000)]) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/relay`);
    socket.on('error', () => {});
    await once(socket, 'open');
    socket.send(message);
    if (message.length > 100) await once(socket, 'close');
    else socket.terminate();
  }
  const garbage = [new Uint8Array(0), randomBytes(40), Uint8Array.of(2, 8, 1), randomBytes(5000)];
  for (const bytes of garbage) {
    const client = await startClient();
    const connection = await dial(client, port, `/p2p/${peer}`);
    for (const end of ['close', 'abort'] as const) {
      const stream = await connection.newStream(RELAY_V2_HOP_CODEC);
      stream.send(bytes);
      if (end === 'close') void stream.close().catch(() => {});
      else stream.abort(new Error('on purpose'));
    }
    connection.abort(new Error('on purpose'));
  }
  const client = await startClient();
  await dial(client, port, `/p2p/${peer}`);
  await reserved(client);
});

function upgrade(key = 'dGhlIHNhbXBsZSBub25jZQ=='): string {
  const headers = ['Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
  headers.push('Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${key}`);
  return `GET /relay HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`;
}
