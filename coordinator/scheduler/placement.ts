import type { Block } from './block.ts';
import type { Placement } from './events.ts';
import type { ActiveJob } from './job.ts';
import { Bars, findOpen, type Range, unfit } from './matching.ts';
import type { Node } from './node.ts';
import type { World } from './world.ts';

/**
 * For so long, from the first time that anybody asks, a shard is kept for the nodes that hold its
 * data (delay scheduling, Zaharia et al., EuroSys 2010): long against the time between two asks of a
 * node, short against what fetching megabytes from a peer takes.
 */
export const HOME_WAIT_MS = 1_000;

/** Where a job's shards have their data, and how long they wait for it. */
export class Placed {
  readonly #homes: Placement['homes'];
  readonly #shards = new Map<string, Set<number>>();
  #until: number | null = null;
  #crowd: { version: number; keys: ReadonlySet<string> } | null = null;

  constructor({ homes }: Placement) {
    this.#homes = homes;
    homes.forEach((keys, shard) => {
      for (const key of keys) {
        const shards = this.#shards.get(key);
        if (shards) shards.add(shard);
        else this.#shards.set(key, new Set([shard]));
      }
    });
  }

  /** Shards of the job whose data this node holds. */
  shardsOf(key: string): ReadonlySet<number> | undefined {
    return this.#shards.get(key);
  }

  /** Whether shards are still kept for their homes; the first question begins the wait. */
  waits(now: number): boolean {
    this.#until ??= now + HOME_WAIT_MS;
    return now < this.#until;
  }

  /** Nodes that are there, can run the job, and hold the shard's data. */
  homesNow(world: World, job: ActiveJob, shard: number): number {
    if (this.#crowd?.version !== world.crowdVersion) {
      const keys = new Set<string>();
      for (const node of world.nodes.values()) if (unfit(job, node) === null) keys.add(node.key);
      this.#crowd = { version: world.crowdVersion, keys };
    }
    const { keys } = this.#crowd;
    return this.#homes[shard]?.filter((key) => keys.has(key)).length ?? 0;
  }
}

/**
 * As `findOpen`, but shards whose data the node holds come first, and for a short while others are
 * left to the nodes that hold theirs.
 */
export function findNear(
  world: World,
  job: ActiveJob,
  block: Block,
  node: Node,
  most: number,
  now: number,
): Range | null {
  const { placed } = job;
  if (placed === null) return findOpen(block, node, most, now);
  const waits = placed.waits(now);
  if (block.open === 0 || (block.avoided.get(node.number) ?? 0) > now) return null;
  const own = placed.shardsOf(node.key);
  const range = own && findWhere(block, node, most, (k) => own.has(block.first + k));
  if (range) return range;
  if (!waits) return findOpen(block, node, most, now);
  return findWhere(block, node, most, (k) => {
    const runs = block.attempts[k] + block.outstanding[k];
    // Its homes had their turn; what is left of it is for anybody.
    return runs >= placed.homesNow(world, job, block.first + k);
  });
}

/** The first open shards in a row that the node may run and that are wanted, at most `most`. */
function findWhere(
  block: Block,
  node: Node,
  most: number,
  wanted: (k: number) => boolean,
): Range | null {
  const bars = new Bars(block, node);
  const fits = (k: number) => block.isOpen(k) && wanted(k) && bars.allow(k);
  let from = block.openFrom;
  while (from < block.count && !fits(from)) from++;
  if (from === block.count) return null;
  const last = Math.min(block.count, from + most);
  let to = from + 1;
  while (to < last && fits(to)) to++;
  return { from, to };
}
