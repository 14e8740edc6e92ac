import type { Node } from './node.ts';

/** Checkpoints that are kept of one job, in bytes: sixty-four of the largest. */
export const MAX_JOB_CHECKPOINT_BYTES = 64 * 1024 * 1024;
/** Checkpoints that are kept of all jobs together, in bytes. */
export const MAX_CHECKPOINT_BYTES = 256 * 1024 * 1024;
/** Shards of one job of which checkpoints are known: a block of them. */
const MAX_JOB_LINEAGES = 4096;
/** Nodes that one run may pass through: a shard of an hour, five minutes each, with room. */
const MAX_MEMBERS = 16;

/** Who is behind a run: a node on its network; an empty network does not count. */
interface Member {
  key: string;
  network: string;
}

/**
 * One run of a shard that passes from node to node. Whoever had it could have spoiled it for those
 * after, so all its members together count for one replica.
 */
export interface Lineage {
  readonly shard: number;
  /** In the order in which they had it; the last one has it or had it last. */
  readonly members: Member[];
  /** What the last member left; null where it was dropped. */
  checkpoint: Uint8Array<ArrayBuffer> | null;
}

/** The runs of a job's shards that left checkpoints with the coordinator. Lost with its memory. */
export class Lineages {
  readonly #byShard = new Map<number, Lineage[]>();
  /** In the order of their last hand-over. */
  readonly #all = new Set<Lineage>();
  readonly #shareNetworks: boolean;
  #bytes = 0;

  /** @param shareNetworks whether two nodes of one network may answer for a shard */
  constructor(shareNetworks: boolean) {
    this.#shareNetworks = shareNetworks;
  }

  /** Bytes of checkpoints. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  of(shard: number): readonly Lineage[] {
    return this.#byShard.get(shard) ?? [];
  }

  /** Shards that have any. */
  shards(): number[] {
    return [...this.#byShard.keys()];
  }

  /** The node's run of the shard has come so far. One that has passed the run on is not heard. */
  handOver(shard: number, node: Node, checkpoint: Uint8Array<ArrayBuffer>): void {
    let lineage = this.of(shard).find(({ members }) => isMember(members, node.key));
    if (lineage && holderOf(lineage).key !== node.key) return;
    if (!lineage) {
      const { key, network } = node;
      lineage = { shard, members: [{ key, network }], checkpoint: null };
      this.#byShard.set(shard, [...this.of(shard), lineage]);
    }
    this.#put(lineage, checkpoint);
    this.#all.delete(lineage);
    this.#all.add(lineage);
    while (this.#bytes > MAX_JOB_CHECKPOINT_BYTES && this.dropOldest());
    if (this.#all.size > MAX_JOB_LINEAGES) this.#forgetUnmoved();
  }

  /** The node goes on with this run. */
  pass(lineage: Lineage, { key, network }: Node): void {
    if (holderOf(lineage).key !== key) lineage.members.push({ key, network });
  }

  /** The node's run came to nothing: it does not belong to it any more, nor does anybody go on. */
  spoil(lineage: Lineage, key: string): void {
    this.#put(lineage, null);
    if (holderOf(lineage).key === key) lineage.members.pop();
  }

  /** The shard is decided. */
  forget(shard: number): void {
    for (const lineage of this.of(shard)) {
      this.#put(lineage, null);
      this.#all.delete(lineage);
    }
    this.#byShard.delete(shard);
  }

  /** Drops the oldest checkpoint; who had it stays known. False where there is none. */
  dropOldest(): boolean {
    for (const lineage of this.#all) {
      if (lineage.checkpoint === null) continue;
      this.#put(lineage, null);
      return true;
    }
    return false;
  }

  /** Forgets the oldest run that only one node had: nobody needs to be kept from counting for it. */
  #forgetUnmoved(): void {
    for (const lineage of this.#all) {
      if (lineage.members.length > 1) continue;
      this.#put(lineage, null);
      this.#all.delete(lineage);
      const rest = this.of(lineage.shard).filter((other) => other !== lineage);
      if (rest.length > 0) this.#byShard.set(lineage.shard, rest);
      else this.#byShard.delete(lineage.shard);
      return;
    }
  }

  /** Whether a node (or another of its network, where networks count) had this run. */
  isRelated({ members }: Lineage, { key, network }: Member): boolean {
    return members.some(
      (member) =>
        member.key === key ||
        (!this.#shareNetworks && network !== '' && member.network === network),
    );
  }

  #put(lineage: Lineage, checkpoint: Uint8Array<ArrayBuffer> | null): void {
    this.#bytes += (checkpoint?.length ?? 0) - (lineage.checkpoint?.length ?? 0);
    lineage.checkpoint = checkpoint;
  }
}

/** The node that has the run, or had it last. */
export function holderOf({ members }: Lineage): Member {
  return members[members.length - 1];
}

/** Whether the run passed from one node to another. */
export function hasMoved({ members }: Lineage): boolean {
  return members.length > 1;
}

/** Whether another node may go on with it. */
export function mayPass({ members, checkpoint }: Lineage): boolean {
  return checkpoint !== null && members.length < MAX_MEMBERS;
}

export function isMember(members: readonly Member[], key: string): boolean {
  return members.some((member) => member.key === key);
}
