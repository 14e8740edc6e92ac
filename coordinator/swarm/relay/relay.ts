import { hkdfSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { circuitRelayServer, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import { noise } from '@libp2p/noise';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import {
  MAX_MEETINGS,
  MAX_PENDING_CONNECTIONS,
  MAX_RELAY_CONNECTIONS,
  MAX_RELAYED_BYTES,
  MAX_RELAYED_MS,
  MAX_RESERVATIONS,
  RESERVATION_MS,
} from './relay-limits.ts';
import { guardSockets } from './relay-sockets.ts';
import { pipeUpgrade } from './relay-upgrade.ts';

/** What the relay tells nodes of its address. They have its URL from the coordinator; this one leads nowhere. */
const ANNOUNCED = '/dns4/relay.invalid/tcp/443/tls/ws';

export interface RelayOptions {
  /** The store's secret: the relay's identity follows from it, and survives a restart. */
  secret: Uint8Array;
  /** Whether a peer id is that of a node which is connected to the coordinator now. */
  isKnown: (peer: string) => boolean;
  /** Whether one may ask the relay for the other. Both are known when it is asked. */
  mayMeet?: (from: string, to: string) => boolean;
}

/** The node and the port that it listens on. */
type Started = Awaited<ReturnType<typeof startNode>>;

/**
 * The coordinator's circuit relay (libp2p circuit relay v2): browsers stay connected to it over
 * WebSockets and exchange through it what WebRTC needs to find a direct way. It listens on the
 * loopback interface only; `upgrade` brings the public server's sockets there.
 */
export class Relay {
  readonly #options: RelayOptions;
  #started: Promise<Started> | null = null;
  #port: number | null = null;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** Starts it at the first call. @returns its peer id, the same for the same secret */
  async start(): Promise<string> {
    this.#started ??= startNode(this.#options);
    const { node, port } = await this.#started;
    this.#port = port;
    return node.peerId.toString();
  }

  /** Takes an `upgrade` of `RELAY_PATH` from the public server; refused before `start`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    pipeUpgrade(this.#port, request, socket, head);
  }

  /** Ends what a peer has here: its node has left. */
  async drop(peer: string): Promise<void> {
    const started = await this.#started;
    for (const connection of started?.node.getConnections() ?? [])
      if (connection.remotePeer.toString() === peer) connection.abort(new Error('no longer known'));
  }

  /** Peers that can be reached through it. */
  async reservations(): Promise<number> {
    const started = await this.#started;
    return started?.node.services.relay.reservations.size ?? 0;
  }

  /** Pairs of peers that are speaking through it now. */
  async meetings(): Promise<number> {
    const started = await this.#started;
    let open = 0;
    for (const { streams } of started?.node.getConnections() ?? [])
      open += streams.filter(({ protocol }) => protocol === RELAY_V2_STOP_CODEC).length;
    return open;
  }

  async stop(): Promise<void> {
    const starting = this.#started;
    this.#started = null;
    this.#port = null;
    const started = await starting;
    await started?.node.stop();
  }
}

async function startNode({ secret, isKnown, mayMeet = () => true }: RelayOptions) {
  const seed = new Uint8Array(hkdfSync('sha256', secret, '', 'manyhands relay identity 1', 32));
  let listeners = (): readonly { getAddrs(): { toString(): string }[] }[] => [];
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', seed),
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'], announce: [ANNOUNCED] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: {
      denyDialPeer: () => true,
      denyInboundEncryptedConnection: (peer) => !isKnown(peer.toString()),
      denyInboundRelayReservation: (peer) => !isKnown(peer.toString()),
      denyOutboundRelayedConnection: (source, destination) => {
        const [from, to] = [source.toString(), destination.toString()];
        return !isKnown(from) || !isKnown(to) || !mayMeet(from, to);
      },
    },
    connectionManager: {
      maxConnections: MAX_RELAY_CONNECTIONS,
      maxIncomingPendingConnections: MAX_PENDING_CONNECTIONS,
      // Connections a second of one address: here they all come from the loopback interface.
      inboundConnectionThreshold: MAX_RELAY_CONNECTIONS,
      reconnectRetries: 0,
    },
    // The coordinator knows who is there; a ping that is late on a busy machine must not cut a node off.
    connectionMonitor: { enabled: false },
    services: {
      identify: identify(),
      // The node itself only tells what it announces.
      listening: ({ transportManager }) => {
        listeners = () => transportManager.getListeners();
        return {};
      },
      relay: circuitRelayServer({
        maxInboundHopStreams: MAX_MEETINGS,
        maxOutboundStopStreams: MAX_MEETINGS,
        reservations: {
          maxReservations: MAX_RESERVATIONS,
          reservationTtl: RESERVATION_MS,
          defaultDataLimit: BigInt(MAX_RELAYED_BYTES),
          defaultDurationLimit: MAX_RELAYED_MS,
        },
      }),
    },
  });
  // Peer ids are made anew for each session: without this the places of those who left would add up.
  node.addEventListener('peer:disconnect', ({ detail: peer }) => {
    node.services.relay.reservations.get(peer)?.signal.clear();
    node.services.relay.reservations.delete(peer);
    void node.peerStore.delete(peer).catch(() => {});
  });
  const [listener] = listeners();
  guardSockets(listener);
  return { node, port: Number(/\/tcp\/(\d+)/.exec(String(listener.getAddrs()[0]))?.[1]) };
}
