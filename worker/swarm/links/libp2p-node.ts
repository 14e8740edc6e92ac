import { circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import { identify } from '@libp2p/identify';
import { noise } from '@libp2p/noise';
import { webRTC } from '@libp2p/webrtc';
import { yamux } from '@libp2p/yamux';
import { createLibp2p, type Libp2p } from 'libp2p';
import type { Rendezvous } from './links.ts';
import { relaySocket } from './relay-socket.ts';
import { DIAL_MS, MAX_LINKS, MAX_UNSENT_BYTES } from './timing.ts';

export { multiaddr } from '@multiformats/multiaddr';

/** Largest message on a data channel that all browsers take. */
const MAX_CHANNEL_MESSAGE_BYTES = 256 * 1024;
/** Links, what is on its way to be one, and the relay. */
const MAX_CONNECTIONS = 4 * MAX_LINKS;

/**
 * A libp2p node for a page: it can be reached through the coordinator's relay, meets others over
 * WebRTC, and dials nothing by itself. With a new identity each time.
 *
 * @param rendezvous as it is now; null before there is one
 * @param mayDial whether a connection to this peer is wanted now
 */
export async function startNode(
  rendezvous: () => Rendezvous | null,
  mayDial: (peer: string) => boolean,
): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: ['/p2p-circuit', '/webrtc'] },
    transports: [
      relaySocket(() => rendezvous()?.url ?? 'wss://relay.invalid'),
      webRTC({
        // Always our own list: left out, strangers' servers would learn of every contributor.
        rtcConfiguration: () => ({ iceServers: [...(rendezvous()?.iceServers ?? [])] }),
        dataChannel: {
          maxMessageSize: MAX_CHANNEL_MESSAGE_BYTES,
          maxBufferedAmount: MAX_UNSENT_BYTES,
        },
      }),
      circuitRelayTransport(),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: {
      denyDialPeer: (peer) => !mayDial(peer.toString()),
      denyDialMultiaddr: () => false,
      denyInboundRelayedConnection: (relay) => relay.toString() !== rendezvous()?.peer,
      denyInboundRelayReservation: () => true,
    },
    connectionManager: {
      maxConnections: MAX_CONNECTIONS,
      maxIncomingPendingConnections: MAX_CONNECTIONS,
      // They all come through the relay, from one address.
      inboundConnectionThreshold: MAX_CONNECTIONS,
      dialTimeout: DIAL_MS,
      addressDialTimeout: DIAL_MS,
      // Whoever is lost is dialled again by those who know why.
      reconnectRetries: 0,
    },
    // Its pings are late on a busy machine and cost good connections; links have a sign of life.
    connectionMonitor: { enabled: false, abortConnectionOnPingFailure: false },
    services: { identify: identify() },
  });
}
