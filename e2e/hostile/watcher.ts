import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that hostile programs try to reach, and that must see nothing. */
export interface Watcher {
  /** Host and port; anything that speaks to it over TCP or UDP is seen. */
  readonly address: string;
  /** What it has seen. */
  readonly seen: string[];
  close(): Promise<void>;
}

/** Listens on one port number for HTTP (which WebSocket begins with), and for any UDP packet. */
export async function startWatcher(): Promise<Watcher> {
  const seen: string[] = [];
  const http = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'access-control-allow-origin': '*' }).end('caught');
  });
  http.on('connection', () => seen.push('connection'));
  http.on('upgrade', (request, socket) => {
    seen.push(`upgrade ${request.url}`);
    socket.destroy();
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const udp = createSocket('udp4');
  udp.on('message', (packet) => seen.push(`UDP packet of ${packet.length} bytes`));
  udp.bind(port, '127.0.0.1');
  await once(udp, 'listening');
  return {
    address: `127.0.0.1:${port}`,
    seen,
    async close() {
      udp.close();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}
