/** How this node is found: the coordinator's relay, and what helps through home routers. */
export interface Rendezvous {
  /** Address of the relay's WebSocket, `ws:` or `wss:`. */
  url: string;
  /** The relay's peer id. */
  peer: string;
  iceServers: readonly { urls: string[]; username?: string; credential?: string }[];
}

/** What the exchange hears of its links. */
export interface LinkEvents {
  /** A direct connection with one stream of the protocol stands; `dialled`: it was made by this end. */
  onOpen(peer: string, dialled: boolean): void;
  /** One whole message, as the other end sent it. */
  onMessage(peer: string, message: Uint8Array<ArrayBuffer>): void;
  /** It is gone, or never came to be. Comes exactly once for each `dial` and each `onOpen`. */
  onClosed(peer: string, reason: string): void;
  /** Whether peers can reach this node through the relay. */
  onReachable(reachable: boolean): void;
}

/**
 * Connections to peers: messages go in and come out whole, nothing is understood here. In a page
 * it is a libp2p node, whose heavy code is loaded by `open`; the exchange itself runs in the
 * engine's worker, and a port lies between.
 */
export interface Links {
  /** Loads what is needed and makes a peer id for this session. */
  open(): Promise<string>;
  /** Goes to the relay and stays there; `onReachable` tells how that stands. */
  meet(rendezvous: Rendezvous): void;
  dial(peer: string): void;
  /** Resolves when the message has left for the channel and there is room for the next one. */
  send(peer: string, message: Uint8Array<ArrayBuffer>): Promise<void>;
  hangUp(peer: string): void;
  /** Ends all connections for good. */
  close(): void;
}

/** Longest message: a chunk and its frame. */
export const MAX_MESSAGE_BYTES = 256 * 1024 + 4096;
