import type { Block } from './block.ts';
import type { ActiveJob } from './job.ts';
import { isOut } from './lease.ts';
import { allowsLineages } from './lineage-bars.ts';
import type { Node } from './node.ts';

/** Why a node cannot run a job, or null where it can. */
export function unfit(job: ActiveJob, node: Node): 'kind' | 'project' | null {
  if (!node.kinds.has(job.spec.kind) || node.memoryMiB < job.spec.memoryMiB) return 'kind';
  if (node.projects !== null && !node.projects.has(job.spec.project)) return 'project';
  return null;
}

/** Shards of a block, as places within it, from `from` up to but not including `to`. */
export interface Range {
  from: number;
  to: number;
}

/**
 * The first open shards of a block that this node may run, at most `most` in a row; null where
 * there are none. A node may not run a shard that it, or a node of its network, has run or is running.
 */
export function findOpen(block: Block, node: Node, most: number, now: number): Range | null {
  if (block.open === 0 || block.barren.get(node.number) === block.openings) return null;
  if ((block.avoided.get(node.number) ?? 0) > now) return null;
  while (block.openFrom < block.count && !block.isOpen(block.openFrom)) block.openFrom++;
  const bars = new Bars(block, node);
  let from = block.openFrom;
  while (from < block.count && !(block.isOpen(from) && bars.allow(from))) from++;
  if (from === block.count) {
    block.barren.set(node.number, block.openings);
    return null;
  }
  const last = Math.min(block.count, from + most);
  let to = from + 1;
  while (to < last && block.isOpen(to) && bars.allow(to)) to++;
  return { from, to };
}

/** Which shards of a block are barred to a node, at this moment: one is made for each question. */
export class Bars {
  readonly #block: Block;
  readonly #node: Node;
  readonly #me: number;
  readonly #network: number;
  /** 1 where the node or one of its network holds a lease; null where there is no such lease. */
  readonly #leased: Uint8Array | null;

  constructor(block: Block, node: Node) {
    this.#block = block;
    this.#node = node;
    this.#me = block.participants.findNode(node.key);
    this.#network = block.participants.findNetwork(node.network);
    this.#leased = markLeased(block, node);
  }

  allow(k: number): boolean {
    if (this.#leased !== null && this.#leased[k] === 1) return false;
    if (!allowsLineages(this.#block, this.#node, k)) return false;
    if (this.#me < 0 && this.#network < 0) return true;
    const { attempts, slots, voters, participants } = this.#block;
    const { nodes, networks } = participants;
    for (let place = k * slots; place < k * slots + attempts[k]; place++) {
      const voter = voters[place];
      if (nodes[voter] === this.#me || networks[voter] === this.#network) return false;
    }
    return true;
  }
}

/** Marks the shards that the node or one of its network holds leases of; null where there are none. */
function markLeased(block: Block, node: Node): Uint8Array | null {
  let marks: Uint8Array | null = null;
  for (const lease of block.leases) {
    const { key, network } = lease.node;
    if (key !== node.key && (network === '' || network !== node.network)) continue;
    marks ??= block.marks.fill(0);
    const from = lease.claim.first - block.first;
    if (lease.returned === null) marks.fill(1, from, from + lease.claim.count);
    else for (let i = 0; i < lease.claim.count; i++) if (isOut(lease, i)) marks[from + i] = 1;
  }
  return marks;
}
