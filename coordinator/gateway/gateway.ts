import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { HEARTBEAT_MS, MAX_FRAME_BYTES } from '../../shared/protocol/limits.ts';
import { clientAddress, type NetworkSet } from '../ops/networks.ts';
import type { SwarmDesk } from '../swarm/ports.ts';
import { AddressCount } from './address-count.ts';
import type { Dispatcher } from './dispatcher.ts';
import { CloseCode, HANDSHAKE_BYTES, MAX_BACKLOG_BYTES, OTHER_SOCKETS_PER_NODE } from './limits.ts';
import { networkPrefix } from './network-prefix.ts';
import { Session, type SessionContext, type Wire } from './session.ts';
import { Tickets } from './tickets.ts';

/** Where nodes connect. */
export const NODE_PATH = '/node';

/** Takes over a connection that asks to become a WebSocket. */
export type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface GatewayOptions {
  dispatcher: Dispatcher;
  desk: SwarmDesk;
  /** Who takes WebSocket upgrades of other paths than the nodes'. */
  otherUpgrades: ReadonlyMap<string, TakeUpgrade>;
  /** The store's: key of the tickets' MACs. */
  secret: Uint8Array;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Proxies whose `X-Forwarded-For` is believed. */
  trustedProxies: NetworkSet;
  /** Where every node counts as being on a network of its own, and as many may connect as like. */
  testNetworks: NetworkSet;
  /** Nodes that may be connected from one address at the same time. */
  maxNodesPerAddress: number;
  /** Told of what should not happen: a fault of ours while a frame was handled. */
  onError?: (thrown: unknown) => void;
}

/** The nodes' end of the coordinator: WebSocket sessions on an HTTP server. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #context: SessionContext;
  readonly #sockets: WebSocketServer;
  readonly #sessions = new Map<Session, WebSocket>();
  readonly #byKey = new Map<string, Session>();
  readonly #nodes: AddressCount;
  /** Sockets that others take: anybody may ask for them, long before it is known who that is. */
  readonly #others: AddressCount;
  readonly #sweep: NodeJS.Timeout;
  #paused = false;
  #sweptAt: number;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#nodes = new AddressCount(options.maxNodesPerAddress);
    this.#others = new AddressCount(OTHER_SOCKETS_PER_NODE * options.maxNodesPerAddress);
    this.#context = {
      dispatcher: options.dispatcher,
      desk: options.desk,
      tickets: new Tickets(options.secret),
      now: options.now,
      claimKey: (key, session) => this.#claimKey(key, session),
    };
    this.#sockets = new WebSocketServer({
      noServer: true,
      // A frame that is too large for us, but not by far, still gets an answer that says so.
      maxPayload: 2 * MAX_FRAME_BYTES,
      perMessageDeflate: false,
    });
    this.#sweptAt = options.now();
    this.#sweep = setInterval(() => this.#check(), HEARTBEAT_MS);
    options.dispatcher.onBacklog(() => this.#balance());
  }

  /** Serves the server's WebSocket upgrades: `/node`, and what others take. */
  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      // Node listens to it no more, and an error without a listener would end the process.
      socket.on('error', () => socket.destroy());
      const path = request.url?.split('?')[0] ?? '';
      const other = this.#options.otherUpgrades.get(path);
      if (path === NODE_PATH) this.#upgrade(request, socket, head);
      else if (other) this.#passOn(other, request, socket, head);
      else refuse(socket, '404 Not Found');
    });
  }

  /** Connections, joined or not. */
  get connections(): number {
    return this.#sessions.size;
  }

  /** Says goodbye to every node and takes no more of them. */
  close(): void {
    clearInterval(this.#sweep);
    for (const session of [...this.#sessions.keys()]) session.bye();
    this.#sockets.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = this.#addressOf(request);
    const tested = this.#options.testNetworks.has(address);
    if (!tested && !this.#nodes.hasRoom(address)) {
      refuse(socket, '429 Too Many Requests');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.once('close', this.#nodes.add(address));
      this.#open(webSocket, socket, tested ? null : networkPrefix(address));
    });
  }

  #passOn(take: TakeUpgrade, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = this.#addressOf(request);
    if (!this.#options.testNetworks.has(address) && !this.#others.hasRoom(address)) {
      refuse(socket, '429 Too Many Requests');
      return;
    }
    socket.once('close', this.#others.add(address));
    take(request, socket, head);
  }

  #addressOf({ headers, socket }: IncomingMessage): string {
    const forwardedFor = headers['x-forwarded-for'];
    return clientAddress(
      socket.remoteAddress,
      Array.isArray(forwardedFor) ? forwardedFor.join(',') : forwardedFor,
      this.#options.trustedProxies,
    );
  }

  #open(webSocket: WebSocket, socket: Duplex, network: string | null): void {
    const session = new Session(this.#context, toWire(webSocket), network);
    this.#sessions.set(session, webSocket);
    limitHandshake(session, webSocket, socket);
    webSocket.on('message', (data: Buffer) => {
      try {
        // Not as a Buffer, whose slices are views where those of other arrays are copies.
        session.receive(new Uint8Array(data.buffer, data.byteOffset, data.length));
      } catch (thrown) {
        this.#options.onError?.(thrown);
      }
      this.#balance();
    });
    // The close event follows; without a listener an error would end the process.
    webSocket.on('error', () => {});
    webSocket.once('close', () => {
      this.#sessions.delete(session);
      const { key } = session;
      if (key !== null && this.#byKey.get(key) === session) this.#byKey.delete(key);
      session.gone();
    });
    if (this.#paused) webSocket.pause();
  }

  #claimKey(key: string, session: Session): void {
    this.#byKey
      .get(key)
      ?.end(
        CloseCode.replaced,
        'NODE_REPLACED',
        'The same node has connected again, from another tab or window. This connection ends.',
      );
    this.#byKey.set(key, session);
  }

  /** Reads from nobody while too much waits for the store. */
  #balance(): void {
    const { backlogBytes } = this.#options.dispatcher;
    const pause = backlogBytes > (this.#paused ? MAX_BACKLOG_BYTES / 2 : MAX_BACKLOG_BYTES);
    if (pause === this.#paused) return;
    this.#paused = pause;
    for (const webSocket of this.#sessions.values())
      if (pause) webSocket.pause();
      else webSocket.resume();
    this.#sweptAt = this.#options.now();
  }

  /** Ends sessions of silent nodes, unless it is this process that has not been listening. */
  #check(): void {
    const now = this.#options.now();
    const late = now - this.#sweptAt > 2 * HEARTBEAT_MS;
    this.#sweptAt = now;
    if (late || this.#paused) return;
    for (const session of [...this.#sessions.keys()]) session.check(now);
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function toWire(webSocket: WebSocket): Wire {
  return {
    get unsent() {
      return webSocket.bufferedAmount;
    },
    send(bytes) {
      webSocket.send(bytes);
    },
    close(code, reason) {
      webSocket.close(code, reason);
    },
  };
}

/** Cuts off who sends a lot before having proven a key: nobody can be held to account for it. */
function limitHandshake(session: Session, webSocket: WebSocket, socket: Duplex): void {
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (session.key !== null) socket.off('data', count);
    else if (bytes > HANDSHAKE_BYTES) webSocket.terminate();
  };
  socket.on('data', count);
}
