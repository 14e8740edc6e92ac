import { Tracker } from '../../coordinator/swarm/tracker/tracker.ts';
import { Random } from '../../scripts/simulation/random.ts';
import { Timeline } from '../../scripts/simulation/timeline.ts';
import { CHUNK_BYTES } from '../../shared/blob/chunks.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import type { ChunkRange, ExchangeEffect } from '../../worker/swarm/core/events.ts';
import type { UploadRequest } from '../../worker/swarm/core/upload-queue.ts';
import { MANIFEST_CHUNK } from '../../worker/swarm/peers/peer-frames.ts';
import { CROWD_MS, canMeet, person, type Routers } from './people.ts';
import { bytesOf, SimulatedNode } from './simulated-node.ts';

export const JOB = 'job';

/** From arrival until the page has loaded libp2p and met the relay. */
const ENTER_MS = 1_500;
/** A connection takes so many journeys of a message; one that cannot be is given up after the second. */
const DIAL_JOURNEYS = 10;
const DIAL_FAILS_MS = 8_000;
/** Share of nodes that say that they leave; of the others peers hear after this long. */
const ORDERLY_SHARE = 0.7;
const VANISHED_MS = 10_000;
/** The coordinator's line: 1 Gbit/s. Of it this many bytes a second are granted. */
const COORDINATOR_BYTES_PER_MS = 125_000;

export interface SwarmOptions {
  nodes: number;
  blobBytes: number;
  seedBytesPerSecond: number;
  seed: number;
  routers: Routers;
}

export interface SwarmResult {
  nodes: number;
  blobBytes: number;
  /** Bytes that the coordinator sent to nodes that can have peers, and to those that cannot. */
  egress: number;
  httpOnlyEgress: number;
  /** What it would have sent without peers: each node's blob, as far as it stayed for it. */
  withoutPeers: number;
  /** Nodes with the whole blob, and those that left before. */
  finished: number;
  left: number;
  /** Milliseconds from arrival to the whole blob, of those who had it. */
  times: number[];
  /** Most that one node uploaded. */
  mostUploaded: number;
  seeks: number;
  events: number;
}

/** The coordinator's tracker and a crowd of nodes in virtual time. Chance comes from the seed alone. */
export class SimulatedSwarm {
  readonly blob: BlobRef;
  readonly #options: SwarmOptions;
  readonly #timeline = new Timeline(0);
  readonly #random: Random;
  readonly #tracker: Tracker;
  readonly #nodes: (SimulatedNode | null)[] = [];
  #coordinatorFreeAt = 0;
  #egress = 0;
  #httpOnlyEgress = 0;
  #finished = 0;
  #left = 0;
  readonly #times: number[] = [];
  #mostUploaded = 0;
  #seeks = 0;
  #events = 0;

  constructor(options: SwarmOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    const random = () => this.#random.next();
    this.#tracker = new Tracker({ seedBytesPerSecond: options.seedBytesPerSecond, random });
    this.blob = { id: 'b'.repeat(64), bytes: options.blobBytes, manifest: 'c'.repeat(64) };
    for (let number = 0; number < options.nodes; number++) this.#invite(number);
  }

  get now(): number {
    return this.#timeline.now;
  }

  /** Runs until everybody has come, and had the blob or left. */
  run(): SwarmResult {
    const { nodes, blobBytes } = this.#options;
    while (this.#finished + this.#left < nodes && this.#timeline.step(6 * CROWD_MS)) this.#events++;
    return {
      nodes,
      blobBytes,
      egress: this.#egress,
      httpOnlyEgress: this.#httpOnlyEgress,
      withoutPeers: this.#finished * blobBytes,
      finished: this.#finished,
      left: this.#left,
      times: this.#times.toSorted((a, b) => a - b),
      mostUploaded: this.#mostUploaded,
      seeks: this.#seeks,
      events: this.#events,
    };
  }

  at(time: number, action: () => void): void {
    this.#timeline.at(time, action);
  }

  seek(node: SimulatedNode, seek: Extract<ExchangeEffect, { type: 'seek' }>): void {
    this.#seeks++;
    const have = node.have();
    this.#timeline.after(node.person.latency, () => {
      if (!node.online) return;
      const { peers, grant, retryMs } = this.#tracker.seek(
        node.number,
        { ...seek, have, linked: new Set(seek.linked.map(Number)) },
        true,
        this.now,
      );
      this.#timeline.after(node.person.latency, () =>
        node.tell({
          type: 'found',
          job: JOB,
          blob: this.blob.id,
          peers: peers.map(String),
          grant,
          seeded: true,
          retryMs,
        }),
      );
    });
  }

  dial(node: SimulatedNode, to: string): void {
    const other = this.#node(to);
    if (!other || !canMeet(node.person, other.person)) {
      this.#timeline.after(DIAL_FAILS_MS, () => node.tell({ type: 'unlinked', peer: to }));
      return;
    }
    this.#timeline.after(DIAL_JOURNEYS * this.#journey(node, other), () => {
      if (!node.online) return;
      if (!other.online) {
        node.tell({ type: 'unlinked', peer: to });
        return;
      }
      node.links.add(other);
      other.links.add(node);
      other.tell({ type: 'linked', peer: node.id, job: JOB });
      if (node.links.has(other)) node.tell({ type: 'linked', peer: to, job: JOB });
    });
  }

  hangUp(node: SimulatedNode, peer: string): void {
    const other = this.#node(peer);
    if (!other || !node.links.delete(other)) return;
    node.unlink(other);
    this.#timeline.after(this.#journey(node, other), () => other.unlink(node));
  }

  get(node: SimulatedNode, peer: string, chunk: number): void {
    this.#message(node, peer, (other) =>
      other.asked(
        {
          peer: node.id,
          request: chunk,
          job: JOB,
          blob: this.blob.id,
          chunk,
          bytes: bytesOf(this.blob, chunk),
        },
        node,
      ),
    );
  }

  cancel(node: SimulatedNode, peer: string, chunk: number): void {
    this.#message(node, peer, (other) => other.cancelled(node, chunk));
  }

  tellHas(node: SimulatedNode, peer: string, have: Uint8Array): void {
    const blob = this.blob.id;
    this.#message(node, peer, (other) =>
      other.tell({ type: 'peer-has', peer: node.id, blob, have }),
    );
  }

  tellGot(node: SimulatedNode, peer: string, chunks: readonly number[]): void {
    const blob = this.blob.id;
    this.#message(node, peer, (other) =>
      other.tell({ type: 'peer-got', peer: node.id, blob, chunks }),
    );
  }

  refuse(
    node: SimulatedNode,
    to: SimulatedNode,
    chunk: number,
    reason: 'absent' | 'busy' | 'limit',
  ): void {
    const blob = this.blob.id;
    this.#message(node, to.id, () =>
      to.tell({ type: 'refused', peer: node.id, blob, chunk, reason }),
    );
  }

  /** The chunk has left its sender at `sentAt`. */
  sendChunk(from: SimulatedNode, { peer, chunk, bytes }: UploadRequest, sentAt: number): void {
    const to = this.#node(peer);
    if (!to) return;
    const arrives = to.receive(bytes, sentAt + this.#journey(from, to));
    const blob = this.blob.id;
    this.at(arrives, () => {
      if (to.links.has(from))
        to.tell({ type: 'received', peer: from.id, blob, chunk, bytes, good: true });
    });
  }

  download(node: SimulatedNode, range: ChunkRange): void {
    const blob = this.blob.id;
    const { latency } = node.person;
    let at = this.now + 2 * latency;
    const chunks = range.first === MANIFEST_CHUNK ? 1 : range.count;
    for (let chunk = range.first; chunk < range.first + chunks; chunk++) {
      const bytes = bytesOf(this.blob, chunk);
      if (node.person.httpOnly) this.#httpOnlyEgress += bytes;
      else this.#egress += bytes;
      this.#coordinatorFreeAt =
        Math.max(this.#coordinatorFreeAt, this.now) + bytes / COORDINATOR_BYTES_PER_MS;
      at = node.receive(bytes, Math.max(at, this.#coordinatorFreeAt + latency));
      this.at(at, () => node.tell({ type: 'downloaded', blob, chunk }));
    }
    this.at(at, () => node.tell({ type: 'download-ended', blob, range, failed: false }));
  }

  /** The node has all of it, and says so. */
  holdsAll(node: SimulatedNode): void {
    this.#finished++;
    this.#times.push(this.now - node.person.arrivesAt);
    const chunks = Math.ceil(this.blob.bytes / CHUNK_BYTES);
    this.#timeline.after(node.person.latency, () => {
      if (node.online) this.#tracker.hold(node.number, JOB, this.blob, chunks);
    });
  }

  #invite(number: number): void {
    const who = person(this.#random, this.#options.routers);
    this.#nodes[number] = null;
    this.at(who.arrivesAt, () => {
      const node = new SimulatedNode(this, number, who, () => this.#random.next());
      this.#nodes[number] = node;
      this.#tracker.joined(number, who.network);
      node.start(this.blob);
      if (!who.httpOnly)
        this.#timeline.after(ENTER_MS, () => {
          if (!node.online) return;
          this.#tracker.entered(number, true);
          node.tell({ type: 'entered' });
        });
      this.at(who.leavesAt, () => this.#leave(node));
    });
  }

  #leave(node: SimulatedNode): void {
    node.online = false;
    this.#nodes[node.number] = null;
    if (node.finishedAt === null) this.#left++;
    this.#mostUploaded = Math.max(this.#mostUploaded, node.uploaded);
    const heard = this.#random.chance(ORDERLY_SHARE) ? node.person.latency : VANISHED_MS;
    this.#timeline.after(heard, () => {
      this.#tracker.left(node.number);
      for (const other of node.links) other.unlink(node);
      node.links.clear();
    });
  }

  #message(from: SimulatedNode, peer: string, deliver: (to: SimulatedNode) => void): void {
    const to = this.#node(peer);
    if (!to || !from.links.has(to)) return;
    this.#timeline.after(this.#journey(from, to), () => {
      if (to.online && to.links.has(from)) deliver(to);
    });
  }

  #journey(one: SimulatedNode, other: SimulatedNode): number {
    return one.person.latency + other.person.latency;
  }

  #node(id: string): SimulatedNode | null {
    return this.#nodes[Number(id)] ?? null;
  }
}
