import type { ActiveJob } from './job.ts';
import { unfit } from './matching.ts';
import type { World } from './world.ts';

/** The connected nodes that can run a job. */
export interface Crowd {
  /** Distinct keys. */
  nodes: number;
  /** Names of their networks; a node whose network does not count is its own. */
  networks: ReadonlySet<string>;
}

/** The connected nodes that can run a job; worked out once for each change of the crowd. */
export function crowdOf(world: World, job: ActiveJob): Crowd {
  if (job.crowd?.version === world.crowdVersion) return job.crowd.crowd;
  const keys = new Set<string>();
  const networks = new Set<string>();
  for (const node of world.nodes.values()) {
    if (unfit(job, node) !== null) continue;
    keys.add(node.key);
    networks.add(networkName(node));
  }
  const crowd = { nodes: keys.size, networks };
  job.crowd = { version: world.crowdVersion, crowd };
  return crowd;
}

/** What stands for a node's network when networks are compared. */
export function networkName({ key, network }: { key: string; network: string }): string {
  return network === '' ? `node ${key}` : network;
}
