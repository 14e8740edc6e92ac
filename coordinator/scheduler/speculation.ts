import type { Block } from './block.ts';
import type { ActiveJob } from './job.ts';
import { isOut, type Lease } from './lease.ts';
import { Bars, type Range } from './matching.ts';
import type { Node } from './node.ts';

/** A lease is slow when it has been out this many times longer than expected ... */
const SLOW_FACTOR = 2;
/** ... and not less than this: a round trip and a busy moment are no reason. */
const SLOW_MS = 2_000;
/** Extra leases of one shard beyond those wanted. */
const EXTRA = 1;

/**
 * Near the end of a job, when nothing is left to lease: shards of the slowest lease, the last ones
 * first, as its holder goes through them in order.
 */
export function findSlow(
  job: ActiveJob,
  node: Node,
  now: number,
): { block: Block; range: Range } | null {
  let slowest: { block: Block; range: Range } | null = null;
  let since = Number.POSITIVE_INFINITY;
  for (const block of job.held.values()) {
    let bars: Bars | null = null;
    for (const lease of block.leases) {
      if (lease.leasedAt >= since || !isSlow(job, lease, now)) continue;
      bars ??= new Bars(block, node);
      const range = lastHalf(block, lease, bars);
      if (range === null) continue;
      slowest = { block, range };
      since = lease.leasedAt;
    }
  }
  return slowest;
}

function isSlow(job: ActiveJob, lease: Lease, now: number): boolean {
  const threads = Math.min(lease.node.threads, lease.claim.count);
  const expected = lease.expectedMs > 0 ? lease.expectedMs / threads : job.spec.timeMs;
  return now - lease.leasedAt > Math.max(SLOW_MS, SLOW_FACTOR * expected);
}

/** The last shards in a row that the lease's holder has not answered, about half of what is left. */
function lastHalf(block: Block, lease: Lease, bars: Bars): Range | null {
  const first = lease.claim.first - block.first;
  const wanted = Math.max(1, Math.ceil(lease.remaining / 2));
  const fits = (i: number) => {
    const k = first + i;
    return (
      isOut(lease, i) &&
      block.state[k] === 0 &&
      block.outstanding[k] < block.wanted[k] + EXTRA &&
      block.attempts[k] + block.outstanding[k] < block.slots &&
      bars.allow(k)
    );
  };
  let to = lease.claim.count;
  while (to > 0 && !fits(to - 1)) to--;
  if (to === 0) return null;
  let from = to - 1;
  while (from > 0 && to - from < wanted && fits(from - 1)) from--;
  return { from: first + from, to: first + to };
}
