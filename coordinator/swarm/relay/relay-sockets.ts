import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { MAX_SOCKET_MESSAGE_BYTES, SOCKET_PING_MS } from './relay-limits.ts';

/** What is used of the listener of @libp2p/websockets 10, whose own code leaves it open. */
interface Listener {
  wsServer: { options: { maxPayload: number } };
  onWsServerConnection(socket: WebSocket, request: IncomingMessage): void;
}

/** Code that @libp2p/websockets closes broken sockets with; `ws` refuses it, and keeps them open. */
const ABNORMAL = 1006;

/**
 * Makes a listener of @libp2p/websockets fit for strangers. As it is, one malformed WebSocket frame
 * ends the process (an `error` event that nobody listens to), a broken or lost connection keeps its
 * socket, and one message may be 100 MiB.
 */
export function guardSockets(listener: unknown): void {
  if (!isListener(listener)) throw new TypeError('not a listener of @libp2p/websockets 10');
  listener.wsServer.options.maxPayload = MAX_SOCKET_MESSAGE_BYTES;
  const take = listener.onWsServerConnection;
  listener.onWsServerConnection = (socket, request) => {
    socket.on('error', () => socket.terminate());
    const close = socket.close.bind(socket);
    socket.close = (code, reason) => {
      if (code === ABNORMAL) socket.terminate();
      else close(code, reason);
    };
    keepAlive(socket);
    take.call(listener, socket, request);
  };
}

/** A silent socket would be closed by proxies on the way, and a lost one would never be noticed. */
function keepAlive(socket: WebSocket): void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const pinging = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    return socket.ping();
  }, SOCKET_PING_MS);
  socket.once('close', () => clearInterval(pinging));
}

function isListener(value: unknown): value is Listener {
  return (
    typeof value === 'object' &&
    value !== null &&
    'wsServer' in value &&
    'onWsServerConnection' in value &&
    typeof value.onWsServerConnection === 'function'
  );
}
