import type { Block } from './block.ts';
import type { LeaseClaim } from './events.ts';
import type { Node } from './node.ts';

/** A lease that is out. */
export interface Lease {
  readonly claim: LeaseClaim;
  readonly node: Node;
  readonly leasedAt: number;
  /** After it the shards are leased again; what still comes counts all the same. */
  deadline: number;
  /** Milliseconds of computing expected for the whole lease. */
  readonly expectedMs: number;
  /** Milliseconds charged to the requester so far, and spent of the node's demand. */
  readonly chargedMs: number;
  /** Computing time of what came back, in milliseconds. */
  spentMs: number;
  /** Shards that have not come back. */
  remaining: number;
  /** Which shards came back; null as long as none did. */
  returned: Uint8Array | null;
  /** Null while its block is being claimed again. */
  block: Block | null;
}

/** Whether the shard at this place in the lease is still out. */
export function isOut(lease: Lease, at: number): boolean {
  return lease.returned === null || lease.returned[at] === 0;
}
