import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { MAX_SOCKET_BYTES } from './relay-limits.ts';

/**
 * Joins a WebSocket upgrade of the public server to the relay's own port, byte by byte: the relay
 * answers the handshake itself. It is sent to `/`, whatever path the public server gives it.
 *
 * @param port of the relay on the loopback interface; null while there is no relay
 */
export function pipeUpgrade(
  port: number | null,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  socket.on('error', () => socket.destroy());
  if (port === null) {
    socket.end(
      'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    );
    return;
  }
  const inner = connect(port, '127.0.0.1');
  inner.on('error', () => socket.destroy());
  inner.on('close', () => socket.destroy());
  socket.on('close', () => inner.destroy());
  inner.once('connect', () => {
    inner.setNoDelay(true);
    inner.write(requestHead(request));
    inner.write(head);
    limit(socket, inner);
    inner.pipe(socket);
    socket.pipe(inner);
  });
}

function requestHead({ rawHeaders }: IncomingMessage): string {
  const lines = ['GET / HTTP/1.1'];
  for (let i = 0; i < rawHeaders.length; i += 2)
    lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Ends a socket through which more goes than meetings need. */
function limit(socket: Duplex, inner: Duplex): void {
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_SOCKET_BYTES) socket.destroy();
  };
  socket.on('data', count);
  inner.on('data', count);
}
