import { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import { chunkCount } from '../../../shared/blob/chunks.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { Grants } from './grants.ts';
import { Roster } from './roster.ts';
import type { TrackedNode } from './tracked-node.ts';

/** A node's part in one blob. */
export interface Member {
  readonly node: TrackedNode;
  /** Chunks that it holds, as far as its seeks told; null where it told no more than a number. */
  have: ChunkSet | null;
  /** How many chunks it holds. */
  held: number;
  /** Its first and its latest seek; null where it only holds. */
  soughtSince: number | null;
  soughtAt: number | null;
  /** Seeks in which it was starved, none long after the one before, and the latest of them. */
  starvedSeeks: number;
  starvedAt: number;
  /** What others hold and it was granted as a starved node, and since when; not twice in a while. */
  relieved: { since: number; chunks: ChunkSet } | null;
}

/** The nodes that hold or want one blob of one job. */
export class BlobSwarm {
  readonly job: string;
  readonly ref: BlobRef;
  readonly chunks: number;
  /** For each chunk: members that serve it. */
  readonly available: Uint32Array;
  readonly grants: Grants;
  /** Where the next grant begins, so that runs of chunks stay together. */
  nextFresh = 0;
  /** Members that peers may be sent to. */
  readonly serving = new Roster<Member>();
  /** Those of them that hold all of it. */
  readonly complete = new Roster<Member>();
  /** Those of them that let everybody in, as far as is known: for those who are hard to meet. */
  readonly open = new Roster<Member>();
  readonly #members = new Map<TrackedNode, Member>();
  /** Members that count in `available`. */
  readonly #counted = new Set<Member>();

  constructor(job: string, ref: BlobRef) {
    this.job = job;
    this.ref = ref;
    this.chunks = chunkCount(ref.bytes);
    this.available = new Uint32Array(this.chunks);
    this.grants = new Grants(this.chunks);
  }

  get size(): number {
    return this.#members.size;
  }

  /** Members that lack something, as far as is known. */
  get seekers(): number {
    return this.#members.size - this.complete.size;
  }

  member(node: TrackedNode): Member | undefined {
    return this.#members.get(node);
  }

  members(): Iterable<Member> {
    return this.#members.values();
  }

  /**
   * Whether nobody whom this node may meet serves the chunk, and nobody is fetching it: what is only
   * with a node that served it wrong bytes is nowhere.
   */
  isOutOfReach(chunk: number, { shunned }: TrackedNode, now: number): boolean {
    let holders = this.available[chunk];
    for (const other of shunned.values()) {
      const member = this.#members.get(other);
      if (member && this.#counted.has(member) && member.have?.has(chunk)) holders--;
    }
    return holders <= 0 && this.grants.of(chunk, now) === undefined;
  }

  /** The node's membership, made where there is none. */
  admit(node: TrackedNode): Member {
    const known = this.#members.get(node);
    if (known) return known;
    const member: Member = {
      node,
      have: null,
      held: 0,
      soughtSince: null,
      soughtAt: null,
      starvedSeeks: 0,
      starvedAt: 0,
      relieved: null,
    };
    this.#members.set(node, member);
    node.swarms.add(this);
    this.refresh(member);
    return member;
  }

  /** @param have what it holds, or only how many chunks */
  setHave(member: Member, have: ChunkSet | number): void {
    const before = this.#counted.has(member) ? member.have : null;
    const full = have === this.chunks;
    const bits = have instanceof ChunkSet ? have : full ? ChunkSet.full(this.chunks) : null;
    this.#recount(before?.bits, this.#counted.has(member) ? bits?.bits : undefined);
    member.have = bits;
    member.held = have instanceof ChunkSet ? have.count : have;
    this.refresh(member);
  }

  /** Its seek told what it lacks and perhaps what it has: books that, and ends grants that are over. */
  reported(member: Member, missing: ChunkSet, have: ChunkSet | null, now: number): void {
    const { node } = member;
    const had = have ?? new ChunkSet(this.chunks, member.have?.bits);
    for (const chunk of this.grants.heldBy(node.number)) {
      if (missing.has(chunk)) this.grants.end(chunk);
      // Without word of what is here, what it was granted and does not lack counts as fetched.
      else if (have === null || have.has(chunk)) had.add(chunk);
      // Nobody can get it from the node yet, so it is nobody else's to fetch either.
      if (!had.has(chunk) || (node.entered && !node.serves)) this.grants.prolong(chunk, now);
      else if (node.serves) this.grants.end(chunk);
    }
    this.setHave(member, had);
  }

  /** Follows a change of the node: whether it serves, what it holds. */
  refresh(member: Member): void {
    const { serves } = member.node;
    if (serves !== this.#counted.has(member)) {
      if (serves) this.#counted.add(member);
      else this.#counted.delete(member);
      const bits = member.have?.bits;
      this.#recount(serves ? undefined : bits, serves ? bits : undefined);
    }
    if (serves) this.serving.add(member);
    else this.serving.delete(member);
    if (serves && member.held === this.chunks) this.complete.add(member);
    else this.complete.delete(member);
    if (serves && member.node.reach.isOpen) this.open.add(member);
    else this.open.delete(member);
  }

  remove(node: TrackedNode): void {
    const member = this.#members.get(node);
    if (!member) return;
    if (this.#counted.delete(member)) this.#recount(member.have?.bits, undefined);
    this.serving.delete(member);
    this.complete.delete(member);
    this.open.delete(member);
    this.grants.vanished(node.number);
    this.#members.delete(node);
    node.swarms.delete(this);
  }

  /** Counts the chunks whose bits have changed. */
  #recount(before: Uint8Array | undefined, after: Uint8Array | undefined): void {
    if (!before && !after) return;
    for (let at = 0; at < Math.ceil(this.chunks / 8); at++) {
      const was = before?.[at] ?? 0;
      const is = after?.[at] ?? 0;
      for (let changed = was ^ is; changed !== 0; changed &= changed - 1) {
        const bit = 31 - Math.clz32(changed & -changed);
        this.available[8 * at + bit] += (is >> bit) & 1 ? 1 : -1;
      }
    }
  }
}
