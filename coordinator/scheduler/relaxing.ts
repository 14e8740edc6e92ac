import type { Block } from './block.ts';
import { crowdOf, networkName } from './crowd.ts';
import type { ActiveJob } from './job.ts';
import { isOut } from './lease.ts';
import { allowsLineages } from './lineage-bars.ts';
import type { Range } from './matching.ts';
import type { Node } from './node.ts';
import type { World } from './world.ts';

/**
 * For a job that lets replicas share a network where the crowd is too small: open shards that only
 * the rule on networks bars to this node, and that no other network of the crowd could run either.
 */
export function findRelaxed(
  world: World,
  job: ActiveJob,
  block: Block,
  node: Node,
  most: number,
): Range | null {
  if (job.spec.networks !== 'relax' || block.open === 0 || node.network === '') return null;
  const { networks } = crowdOf(world, job);
  // A shard has no more runs than slots, so a larger crowd always has a network left.
  if (networks.size > block.slots) return null;
  const allowed = (k: number) => block.isOpen(k) && isExhausted(block, k, node, networks);
  let from = block.openFrom;
  while (from < block.count && !allowed(from)) from++;
  if (from === block.count) return null;
  const last = Math.min(block.count, from + most);
  let to = from + 1;
  while (to < last && allowed(to)) to++;
  return { from, to };
}

/** Whether the node itself has not run the shard, and every network of the crowd has or is running it. */
function isExhausted(block: Block, k: number, node: Node, networks: ReadonlySet<string>): boolean {
  if (!allowsLineages(block, node, k)) return false;
  const used = new Set<string>();
  const { keys, networkNames } = block.participants;
  for (let place = k * block.slots; place < k * block.slots + block.attempts[k]; place++) {
    const voter = block.voters[place];
    if (keys[voter] === node.key) return false;
    used.add(networkName({ key: keys[voter], network: networkNames[voter] }));
  }
  for (const lease of block.leases) {
    const at = block.first + k - lease.claim.first;
    if (at < 0 || at >= lease.claim.count || !isOut(lease, at)) continue;
    if (lease.node.key === node.key) return false;
    used.add(networkName(lease.node));
  }
  for (const network of networks) if (!used.has(network)) return false;
  return true;
}
