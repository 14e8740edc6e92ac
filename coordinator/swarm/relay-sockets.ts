import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { MAX_SOCKET_MESSAGE_BYTES } from './relay-limits.ts';

/** What is used of the listener of @libp2p/websockets 10, whose own code leaves it open. */
interface Listener {
  wsServer: { options: { maxPayload: number } };
  onWsServerConnection(socket: WebSocket, request: IncomingMessage): void;
}

/** Code that @libp2p/websockets closes broken sockets with; `ws` refuses it, and keeps them open. */
const ABNORMAL = 1006;

/**
 * Makes a listener of @libp2p/websockets fit for strangers. As it is, one malformed WebSocket frame
 * ends the process (an `error` event that nobody listens to), a broken connection keeps its socket,
 * and one message may be 100 MiB.
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
    take.call(listener, socket, request);
  };
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
