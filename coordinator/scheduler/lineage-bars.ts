import type { Block } from './block.ts';
import { hasMoved, holderOf, type Lineage } from './lineages.ts';
import type { Node } from './node.ts';

/** Whether another node's run of the shard came back that belongs to this lineage, or to its networks. */
export function hasCounted(block: Block, lineage: Lineage, node: Node): boolean {
  const { attempts, slots, voters, participants, lineages } = block;
  const k = lineage.shard - block.first;
  for (let place = k * slots; place < k * slots + attempts[k]; place++) {
    const key = participants.keys[voters[place]];
    const network = participants.networkNames[voters[place]];
    if (key !== node.key && lineages.isRelated(lineage, { key, network })) return true;
  }
  return false;
}

/**
 * Whether a node may begin this shard, for the sake of runs that have moved: who had one and passed
 * it on may not, nor others of its network; who has one may while no other of its members counts.
 */
export function allowsLineages(block: Block, node: Node, k: number): boolean {
  const { lineages } = block;
  if (lineages.isEmpty) return true;
  return lineages.of(block.first + k).every((lineage) => {
    if (!hasMoved(lineage) || !lineages.isRelated(lineage, node)) return true;
    return holderOf(lineage).key === node.key && !hasCounted(block, lineage, node);
  });
}
