import type { SwarmView } from '../../../worker/swarm/swarm-view.ts';

/** What a contributor is shown of data where nothing has moved yet, but for what a test says. */
export function swarmView(part: Partial<SwarmView>): SwarmView {
  return {
    withoutPeers: null,
    reachable: true,
    peers: [],
    fromPeers: 0,
    toPeers: 0,
    fromCoordinator: 0,
    toCoordinator: 0,
    downloads: [],
    cache: { place: 'opfs', bytes: 0, quotaBytes: 1e9, blobs: 0, neededBytes: 0 },
    day: { bytes: 0, capBytes: null },
    ...part,
  };
}
