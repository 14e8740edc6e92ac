import type { NodeNumber } from '../../scheduler/events.ts';
import { INTRODUCTION_BURST, INTRODUCTIONS_PER_SECOND } from '../limits.ts';
import { TokenBucket } from '../token-bucket.ts';
import type { BlobSwarm } from './blob-swarm.ts';
import { Meeting, Reach } from './meeting.ts';

/** Meetings that a node is remembered to have had; older ones are forgotten first. */
const MAX_MEETINGS = 64;

/** A connected node as the tracker knows it. */
export class TrackedNode {
  readonly number: NodeNumber;
  /** Network prefix; null where it counts as a network of its own. */
  readonly network: string | null;
  /** Whether it has a peer id, so that it can dial. */
  entered = false;
  /** Whether peers can dial it. */
  reachable = false;
  /** It served wrong bytes: it meets nobody any more. */
  banned = false;
  /** It has left. */
  gone = false;
  readonly reach = new Reach();
  readonly swarms = new Set<BlobSwarm>();
  /** Introductions of others to it. */
  readonly introductions = new TokenBucket(INTRODUCTION_BURST, INTRODUCTIONS_PER_SECOND);
  readonly #met = new Map<NodeNumber, Meeting>();
  /** Nodes that it accused, or that accused it. */
  readonly #shunned = new Map<NodeNumber, TrackedNode>();
  /** Networks (or nodes in networks of their own) whose nodes accused it. */
  readonly #accusers = new Set<string>();

  constructor(number: NodeNumber, network: string | null) {
    this.number = number;
    this.network = network;
  }

  /** Whether peers may be sent to it, and count on what it holds. */
  get serves(): boolean {
    return this.entered && this.reachable && !this.banned;
  }

  /** Notes that the two were introduced. */
  meets(other: TrackedNode, now: number): void {
    const meeting = new Meeting(this, other, now);
    for (const [from, to] of [
      [this, other],
      [other, this],
    ]) {
      from.#met.delete(to.number);
      from.#met.set(to.number, meeting);
      const [oldest] = from.#met.keys();
      if (from.#met.size > MAX_MEETINGS) from.#met.delete(oldest);
    }
  }

  /** When the two were last introduced; undefined where it is not known. */
  metAt(other: TrackedNode): number | undefined {
    return this.#met.get(other.number)?.at;
  }

  /** It has left: those who met it keep no more of it than that, and nothing of whom it met. */
  leave(): void {
    this.gone = true;
    this.#met.clear();
  }

  /** It says whom it is linked with. Whom that is news about. */
  reports(linked: ReadonlySet<NodeNumber>, now: number): Set<TrackedNode> {
    const news = new Set<TrackedNode>();
    for (const [number, meeting] of this.#met)
      for (const node of meeting.report(linked.has(number), now)) news.add(node);
    return news;
  }

  /** Those that it meets no more. */
  get shunned(): ReadonlyMap<NodeNumber, TrackedNode> {
    return this.#shunned;
  }

  shuns(other: TrackedNode): boolean {
    return this.#shunned.has(other.number);
  }

  /** They are never introduced again. Returns how many distinct networks have accused this node. */
  accusedBy(accuser: TrackedNode): number {
    this.#shunned.set(accuser.number, accuser);
    accuser.#shunned.set(this.number, this);
    this.#accusers.add(accuser.network ?? `node ${accuser.number}`);
    return this.#accusers.size;
  }
}
