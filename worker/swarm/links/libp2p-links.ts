import type { Libp2p } from 'libp2p';
import { ManyhandsError } from '../../../shared/errors.ts';
import { BLOB_PROTOCOL } from '../peers/peer-frames.ts';
import { keepInitChannels } from './init-channel.ts';
import { LinkTable } from './link-table.ts';
import type { LinkEvents, Links, Rendezvous } from './links.ts';
import type { Pipe } from './pipe.ts';
import { RelayKeeper } from './relay-keeper.ts';
import { type Connection, StreamPipe } from './stream-pipe.ts';
import { ALIVE_MS, DIAL_MS, IDLE_CONNECTION_MS } from './timing.ts';

type Node = typeof import('./libp2p-node.ts');

/** What stands once the heavy code is here. */
interface Open {
  node: Libp2p;
  table: LinkTable;
  keeper: RelayKeeper;
  multiaddr: Node['multiaddr'];
  ticking: ReturnType<typeof setInterval>;
}

/** Links of a page: a libp2p node whose code is loaded by `open`. */
export class Libp2pLinks implements Links {
  readonly #events: LinkEvents;
  #opening: Promise<string> | null = null;
  #open: Open | null = null;
  #rendezvous: Rendezvous | null = null;
  #dialsRelay = false;
  #closed = false;
  /** The socket to the relay may be lost without a word where the network has changed. */
  readonly #online = () => {
    if (this.#rendezvous) this.#open?.keeper.go();
  };

  constructor(events: LinkEvents) {
    this.#events = events;
  }

  open(): Promise<string> {
    this.#opening ??= this.#load();
    return this.#opening;
  }

  meet(rendezvous: Rendezvous): void {
    this.#rendezvous = rendezvous;
    this.#open?.keeper.go();
  }

  dial(peer: string): void {
    this.#open?.table.dial(peer);
  }

  async send(peer: string, message: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#open?.table.send(peer, message);
  }

  hangUp(peer: string): void {
    this.#open?.table.hangUp(peer);
  }

  close(): void {
    this.#closed = true;
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    clearInterval(open.ticking);
    removeEventListener('online', this.#online);
    open.keeper.stop();
    open.table.close();
    // Everybody hears of it at once, where a graceful stop would wait for answers.
    for (const connection of open.node.getConnections()) connection.abort(new Error('closed'));
    void Promise.resolve(open.node.stop()).catch(() => {});
  }

  async #load(): Promise<string> {
    if (!('RTCPeerConnection' in globalThis))
      throw new ManyhandsError('WEBRTC_MISSING', 'This browser cannot connect to other browsers.');
    const { startNode, multiaddr } = await import('./libp2p-node.ts');
    keepInitChannels(globalThis);
    const node = await startNode(
      () => this.#rendezvous,
      (peer) => (peer === this.#rendezvous?.peer ? this.#dialsRelay : this.#wants(peer)),
    );
    const self = node.peerId.toString();
    const table = new LinkTable({
      self,
      events: this.#events,
      connect: (peer, signal) => this.#connect(peer, signal),
      settled: (peer, pipe) => this.#closeOthers(peer, pipe),
      gone: (peer) => this.#closeOthers(peer, null),
      now: () => performance.now(),
      random: Math.random,
    });
    const keeper = new RelayKeeper({
      connect: () => this.#connectRelay(),
      disconnect: async () => {
        for (const connection of this.#connections(this.#rendezvous?.peer))
          connection.abort(new Error('dialled anew'));
      },
      reachable: () =>
        this.#connections(this.#rendezvous?.peer).length > 0 &&
        node.getMultiaddrs().some((address) => address.toString().includes('/p2p-circuit')),
      onReachable: (reachable) => this.#events.onReachable(reachable),
      random: Math.random,
    });
    const ticking = setInterval(() => this.#tick(), ALIVE_MS);
    this.#open = { node, table, keeper, multiaddr, ticking };
    for (const event of ['self:peer:update', 'connection:close', 'connection:open'] as const)
      node.addEventListener(event, () => keeper.changed());
    await node.handle(
      BLOB_PROTOCOL,
      (stream, connection) => {
        const peer = connection.remotePeer.toString();
        table.inbound(peer, new StreamPipe(connection, stream));
      },
      { maxInboundStreams: 2, maxOutboundStreams: 2 },
    );
    addEventListener('online', this.#online);
    if (this.#closed) this.close();
    else if (this.#rendezvous) keeper.go();
    return self;
  }

  /** A direct connection to the peer, and our stream on it. */
  async #connect(peer: string, signal: AbortSignal): Promise<Pipe> {
    if (!this.#open || !this.#rendezvous) throw new Error('there is no relay');
    const { node, multiaddr } = this.#open;
    const within = AbortSignal.any([signal, AbortSignal.timeout(DIAL_MS)]);
    const address = `${relayAddress(this.#rendezvous)}/p2p-circuit/webrtc/p2p/${peer}`;
    await node.dial(multiaddr(address), { signal: within });
    // The one that is made here may not be the only one, and the relayed one may linger.
    const direct = this.#connections(peer).find(isDirect);
    if (!direct) throw new Error('no direct connection');
    const stream = await direct.newStream(BLOB_PROTOCOL, {
      signal: within,
      maxOutboundStreams: 2,
    });
    return new StreamPipe(direct, stream);
  }

  async #connectRelay(): Promise<void> {
    if (!this.#open || !this.#rendezvous) return;
    const { node, multiaddr } = this.#open;
    this.#dialsRelay = true;
    try {
      const address = multiaddr(relayAddress(this.#rendezvous));
      await node.dial(address, { signal: AbortSignal.timeout(DIAL_MS) });
    } finally {
      this.#dialsRelay = false;
    }
  }

  #wants(peer: string): boolean {
    return this.#open?.table.has(peer) ?? false;
  }

  #connections(peer: string | undefined): Connection[] {
    const all = this.#open?.node.getConnections() ?? [];
    return all.filter((connection) => connection.remotePeer.toString() === peer);
  }

  /** Closes what is connected to a peer beside this pipe: relayed connections would linger. */
  #closeOthers(peer: string, pipe: Pipe | null): void {
    const kept = pipe instanceof StreamPipe ? pipe.connection.id : null;
    for (const connection of this.#connections(peer))
      if (connection.id !== kept) void connection.close().catch(() => {});
  }

  #tick(): void {
    if (!this.#open) return;
    const { node, table } = this.#open;
    table.tick();
    for (const connection of node.getConnections()) {
      const peer = connection.remotePeer.toString();
      const age = Date.now() - connection.timeline.open;
      if (peer !== this.#rendezvous?.peer && !table.has(peer) && age > IDLE_CONNECTION_MS)
        connection.abort(new Error('not used'));
    }
  }
}

function relayAddress({ peer }: Rendezvous): string {
  return `/dns4/relay.invalid/tcp/443/tls/ws/p2p/${peer}`;
}

function isDirect(connection: Connection): boolean {
  return connection.limits === undefined && connection.status === 'open';
}
