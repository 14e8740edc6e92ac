import { webSockets } from '@libp2p/websockets';

/** Opens a connection's WebSocket in @libp2p/websockets: all that differs from its own dialling. */
interface Opener {
  _connect(address: unknown, options: { signal?: AbortSignal }): Promise<WebSocket>;
}

/**
 * libp2p's WebSockets, but every dial goes to the relay's URL: so the relay can have a path on the
 * coordinator's own address, and no peer can make this page open a socket to anywhere else.
 *
 * @param url of the relay now, `ws:` or `wss:`
 */
export function relaySocket(url: () => string): ReturnType<typeof webSockets> {
  const create = webSockets();
  return (components) => {
    const transport = create(components);
    const opener: Opener = { _connect: (_address, { signal }) => openSocket(url(), signal) };
    return Object.assign(transport, opener);
  };
}

function openSocket(url: string, signal?: AbortSignal): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    // libp2p closes broken connections with a code that browsers refuse, and the socket would stay.
    socket.close = () => WebSocket.prototype.close.call(socket);
    const fail = () => {
      socket.close();
      reject(new Error('the relay cannot be reached'));
    };
    socket.addEventListener('open', () => {
      signal?.removeEventListener('abort', fail);
      resolve(socket);
    });
    socket.addEventListener('error', fail);
    signal?.addEventListener('abort', fail);
    if (signal?.aborted) fail();
  });
}
