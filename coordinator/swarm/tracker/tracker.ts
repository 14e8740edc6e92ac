import { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { NodeNumber } from '../../scheduler/events.ts';
import {
  ACCUSERS,
  IDLE_RETRY_MS,
  MAX_RETRY_MS,
  MIN_RETRY_MS,
  SEEKS_PER_SECOND,
  STARVING_MS,
} from '../limits.ts';
import { BlobSwarm } from './blob-swarm.ts';
import { introduce } from './introduce.ts';
import { RecentSeekers } from './recent-seekers.ts';
import { type ChunkRun, Seeding } from './seeding.ts';
import { TrackedNode } from './tracked-node.ts';

export interface TrackerOptions {
  /** Bytes a second that are granted in all; 0 for no bound. */
  seedBytesPerSecond: number;
  /** 0 (inclusive) .. 1 (exclusive). */
  random: () => number;
}

/** What a node asks for: the frame `seek` without its leave. */
export interface Seek {
  job: string;
  blob: BlobRef;
  /** Bits of a ChunkSet: what it lacks and nobody is sending it. */
  missing: Uint8Array;
  /** Bits of what is here and verified; left out, it is guessed from what it was granted. */
  have?: Uint8Array;
  peers: number;
  grant: number;
  starved: boolean;
  /** Nodes that it is linked with; left out, nothing is learnt of whom it can meet. */
  linked?: ReadonlySet<NodeNumber>;
}

export interface SeekAnswer {
  /** Nodes to introduce it to. */
  peers: NodeNumber[];
  /** Chunks to fetch from the coordinator. */
  grant: ChunkRun[];
  retryMs: number;
}

/**
 * Who holds and wants which blob: whom a seeker meets, and which chunks the coordinator sends it, so
 * that each leaves the coordinator about once and the nodes spread it. Pure: time and randomness are
 * handed in. All of it is soft; after a restart the nodes say it again.
 */
export class Tracker {
  readonly #random: () => number;
  readonly #seeding: Seeding;
  readonly #seekers = new RecentSeekers();
  readonly #nodes = new Map<NodeNumber, TrackedNode>();
  /** By the blob, then by job, length and manifest: who lies about those is alone with it. */
  readonly #swarms = new Map<BlobId, Map<string, BlobSwarm>>();
  #members = 0;

  constructor({ seedBytesPerSecond, random }: TrackerOptions) {
    this.#random = random;
    this.#seeding = new Seeding(seedBytesPerSecond);
  }

  /** Nodes that can exchange data with others. */
  get members(): number {
    return this.#members;
  }

  /** A node has connected. @param network its prefix; null for a network of its own */
  joined(node: NodeNumber, network: string | null): void {
    this.#nodes.set(node, new TrackedNode(node, network));
  }

  left(number: NodeNumber): void {
    const node = this.#nodes.get(number);
    if (!node) return;
    node.leave();
    for (const swarm of [...node.swarms]) this.#part(swarm, node);
    if (node.entered) this.#members--;
    this.#nodes.delete(number);
  }

  /** The node has a peer id; whether peers can dial it. */
  entered(number: NodeNumber, reachable: boolean): void {
    const node = this.#known(number);
    if (!node.entered) this.#members++;
    node.entered = true;
    node.reachable = reachable;
    this.#refresh(node);
  }

  /** @param seeded whether the coordinator has the blob: else nothing is granted */
  seek(number: NodeNumber, seek: Seek, seeded: boolean, now: number): SeekAnswer {
    const node = this.#known(number);
    const swarm = this.#swarm(seek.job, seek.blob);
    const member = swarm.admit(node);
    const missing = new ChunkSet(swarm.chunks, seek.missing);
    member.soughtSince ??= now;
    member.soughtAt = now;
    if (seek.starved) {
      member.starvedSeeks = now - member.starvedAt < STARVING_MS ? member.starvedSeeks + 1 : 1;
      member.starvedAt = now;
    }
    const have = seek.have ? new ChunkSet(swarm.chunks, seek.have) : null;
    swarm.reported(member, missing, have, now);
    for (const end of seek.linked ? node.reports(seek.linked, now) : []) this.#refresh(end);
    const peers = introduce(swarm, node, seek, now, this.#random);
    const wish = { missing, most: seek.grant, starved: seek.starved, wantsPeers: seek.peers > 0 };
    const { runs, roundMs } = seeded
      ? this.#seeding.grant(swarm, member, wish, now, this.#random)
      : { runs: [], roundMs: 0 };
    const restMs = runs.length > 0 ? MIN_RETRY_MS : IDLE_RETRY_MS;
    const seekers = this.#seekers.count(number, now);
    const retryMs = Math.max(restMs, roundMs, (1000 * seekers) / SEEKS_PER_SECOND);
    return {
      peers: peers.map((peer) => peer.number),
      grant: runs,
      // Spread, so that who asked together does not ask together again.
      retryMs: Math.round(Math.min(MAX_RETRY_MS, retryMs) * (0.75 + this.#random() / 4)),
    };
  }

  /** A node holds so many chunks of a blob of a job, and serves them. */
  hold(number: NodeNumber, job: string, blob: BlobRef, chunks: number): void {
    const node = this.#known(number);
    const swarm = this.#swarm(job, blob);
    const member = swarm.admit(node);
    const held = Math.min(chunks, swarm.chunks);
    // Its seeks said which ones; a number alone says more only when it is all of them.
    if (held === swarm.chunks || member.have === null) swarm.setHave(member, held);
  }

  unhold(number: NodeNumber, blob: BlobId): void {
    const node = this.#known(number);
    for (const swarm of [...(this.#swarms.get(blob)?.values() ?? [])]) this.#part(swarm, node);
  }

  /**
   * A peer sent wrong bytes. The two are never introduced again; enough accusers end its
   * introductions. Ignored where the two were not introduced lately: then it is a lie.
   */
  accuse(number: NodeNumber, accused: NodeNumber): 'ignored' | 'noted' | 'banned' {
    const accuser = this.#known(number);
    const node = this.#nodes.get(accused);
    if (!node || accuser.metAt(node) === undefined) return 'ignored';
    if (node.accusedBy(accuser) < ACCUSERS || node.banned) return 'noted';
    this.ban(accused);
    return 'banned';
  }

  /** The node meets nobody any more. */
  ban(number: NodeNumber): void {
    const node = this.#known(number);
    node.banned = true;
    this.#refresh(node);
  }

  /** Whether the node may use the relay and meet others. */
  isBanned(number: NodeNumber): boolean {
    return this.#nodes.get(number)?.banned ?? false;
  }

  /** Whether the two were introduced lately. */
  haveMet(one: NodeNumber, other: NodeNumber): boolean {
    const [a, b] = [this.#nodes.get(one), this.#nodes.get(other)];
    return a !== undefined && b !== undefined && !a.shuns(b) && a.metAt(b) !== undefined;
  }

  /** Nodes that hold all of a blob, whichever job it is of; those that can be reached first. */
  holders(blob: BlobId): NodeNumber[] {
    const reachable = new Set<NodeNumber>();
    const others = new Set<NodeNumber>();
    for (const swarm of this.#swarms.get(blob)?.values() ?? [])
      for (const { node, held } of swarm.members())
        if (held === swarm.chunks) (node.serves ? reachable : others).add(node.number);
    return [...reachable, ...[...others].filter((number) => !reachable.has(number))];
  }

  #known(number: NodeNumber): TrackedNode {
    const node = this.#nodes.get(number);
    if (!node) throw new RangeError(`node ${number} has not joined`);
    return node;
  }

  #swarm(job: string, blob: BlobRef): BlobSwarm {
    const key = `${job} ${blob.bytes} ${blob.manifest}`;
    const ofBlob = this.#swarms.get(blob.id) ?? new Map<string, BlobSwarm>();
    this.#swarms.set(blob.id, ofBlob);
    const known = ofBlob.get(key);
    if (known) return known;
    const swarm = new BlobSwarm(job, blob);
    ofBlob.set(key, swarm);
    return swarm;
  }

  #refresh(node: TrackedNode): void {
    for (const swarm of node.swarms) {
      const member = swarm.member(node);
      if (member) swarm.refresh(member);
    }
  }

  /** Ends a node's part; a swarm without members is forgotten. */
  #part(swarm: BlobSwarm, node: TrackedNode): void {
    swarm.remove(node);
    if (swarm.size > 0) return;
    const ofBlob = this.#swarms.get(swarm.ref.id);
    ofBlob?.delete(`${swarm.job} ${swarm.ref.bytes} ${swarm.ref.manifest}`);
    if (ofBlob?.size === 0) this.#swarms.delete(swarm.ref.id);
  }
}
