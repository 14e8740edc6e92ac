import { Libp2pLinks } from '../../worker/swarm/links/libp2p-links.ts';
import type { LinkEvents, Links, Rendezvous } from '../../worker/swarm/links/links.ts';
import { PortLinks, servePort } from '../../worker/swarm/links/port-links.ts';

/** What happened to one link, in order. */
type Happened = 'open' | 'dialled' | 'closed';

/** One node on the page, with what its links told. */
class Node {
  readonly links: Links;
  peer = '';
  reachable = false;
  readonly happened: [peer: string, what: Happened][] = [];
  readonly lengths: number[] = [];
  /** Whether each message was what `fill` makes of its length. */
  intact = true;
  reachableChanges = 0;

  constructor(port: boolean) {
    const events: LinkEvents = {
      onOpen: (peer, dialled) => this.happened.push([peer, dialled ? 'dialled' : 'open']),
      onMessage: (_peer, message) => {
        this.lengths.push(message.length);
        if (!sound(message)) this.intact = false;
      },
      onClosed: (peer) => this.happened.push([peer, 'closed']),
      onReachable: (reachable) => {
        this.reachable = reachable;
        this.reachableChanges++;
      },
    };
    this.links = port ? acrossPort(events) : new Libp2pLinks(events);
  }

  /** Links that stand now: with whom, and who dialled. */
  standing(): Record<string, Happened> {
    const standing = new Map<string, Happened>();
    for (const [peer, what] of this.happened)
      if (what === 'closed') standing.delete(peer);
      else standing.set(peer, what);
    return Object.fromEntries(standing);
  }
}

function acrossPort(events: LinkEvents): Links {
  const { port1, port2 } = new MessageChannel();
  servePort((inner) => new Libp2pLinks(inner), port1);
  return new PortLinks(port2, events);
}

/** A message whose bytes follow from its length and place. */
function fill(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + length) & 0xff;
  return bytes;
}

function sound(message: Uint8Array): boolean {
  return message.every((byte, i) => byte === ((i * 31 + message.length) & 0xff));
}

const nodes: Node[] = [];

/** Makes a node and waits until peers can reach it. @returns its peer ids, one a node */
async function start(rendezvous: Rendezvous, count = 1, port = false): Promise<string[]> {
  const made = Array.from({ length: count }, () => new Node(port));
  nodes.push(...made);
  return Promise.all(
    made.map(async (node) => {
      node.peer = await node.links.open();
      return node.peer;
    }),
  ).then((peers) => {
    for (const node of made) node.links.meet(rendezvous);
    return peers;
  });
}

async function sendAll(from: number, peer: string, lengths: number[]): Promise<void> {
  for (const length of lengths) await nodes[from].links.send(peer, fill(length));
}

/** Open connections of the page, by their state: what the browser itself knows. */
const connections: RTCPeerConnection[] = [];
/** Channels that this page has opened: each libp2p stream is one. */
const channels: RTCDataChannel[] = [];
const Native = RTCPeerConnection;
globalThis.RTCPeerConnection = class extends Native {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.push(this);
  }
  override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
    const channel = super.createDataChannel(label, init);
    channels.push(channel);
    return channel;
  }
};

export default { nodes, start, sendAll, connections, channels };
