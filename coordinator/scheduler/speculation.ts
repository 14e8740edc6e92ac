import { type Block, UNDECIDED } from './block.ts';
import type { ActiveJob } from './job.ts';
import { isOut, type Lease } from './lease.ts';
import { Bars, type Range } from './matching.ts';
import type { Node } from './node.ts';
import { shardMs } from './sizing.ts';

/** A lease is slow when it has been out this many times longer than expected ... */
const SLOW_FACTOR = 2;
/** ... and not less than this: a round trip and a busy moment are no reason. */
const SLOW_MS = 2_000;
/** Extra leases of one shard beyond those wanted. */
const EXTRA = 1;
/** Slow leases that are looked at for one node: the oldest matter most. */
const SLOW_LEASES = 32;
/** The list of slow leases is made anew after this time: leases do not become slow in a moment. */
const SLOW_LIST_MS = 500;

/**
 * Near the end of a job, when nothing is left to lease: shards of the slowest lease, the last ones
 * first, as its holder goes through them in order.
 */
export function findSlow(
  job: ActiveJob,
  node: Node,
  now: number,
): { block: Block; range: Range } | null {
  for (const lease of slowLeases(job, now)) {
    const { block } = lease;
    // It may have ended since the list was made.
    if (!block?.leases.has(lease) || !hasRoom(block, lease)) continue;
    const range = lastHalf(block, lease, new Bars(block, node));
    if (range !== null) return { block, range };
  }
  return null;
}

/** Leases that are out for too long, the oldest first; worked out now and then. */
function slowLeases(job: ActiveJob, now: number): readonly Lease[] {
  if (job.slow !== null && now - job.slow.at < SLOW_LIST_MS) return job.slow.leases;
  const leases: Lease[] = [];
  for (const block of job.held.values())
    for (const lease of block.leases)
      if (isSlow(job, lease, now) && hasRoom(block, lease)) leases.push(lease);
  leases.sort((a, b) => a.leasedAt - b.leasedAt);
  job.slow = { at: now, leases: leases.slice(0, SLOW_LEASES) };
  return job.slow.leases;
}

/** Whether any shard of the lease may be run once more, whoever asks. */
function hasRoom(block: Block, lease: Lease): boolean {
  for (let i = 0; i < lease.claim.count; i++) if (mayRepeat(block, lease, i)) return true;
  return false;
}

function mayRepeat(block: Block, lease: Lease, i: number): boolean {
  const k = lease.claim.first - block.first + i;
  return (
    isOut(lease, i) &&
    block.state[k] === UNDECIDED &&
    block.outstanding[k] < block.wanted[k] + EXTRA &&
    block.attempts[k] + block.outstanding[k] < block.slots
  );
}

function isSlow(job: ActiveJob, { node, claim, leasedAt }: Lease, now: number): boolean {
  const turns = Math.ceil(claim.count / node.threads);
  const each = shardMs(job, node);
  const expected = turns * (Number.isNaN(each) ? job.spec.timeMs : each);
  return now - leasedAt > Math.max(SLOW_MS, SLOW_FACTOR * expected);
}

/** The last shards in a row that the lease's holder has not answered, about half of what is left. */
function lastHalf(block: Block, lease: Lease, bars: Bars): Range | null {
  const first = lease.claim.first - block.first;
  const wanted = Math.max(1, Math.ceil(lease.remaining / 2));
  const fits = (i: number) => mayRepeat(block, lease, i) && bars.allow(first + i);
  let to = lease.claim.count;
  while (to > 0 && !fits(to - 1)) to--;
  if (to === 0) return null;
  let from = to - 1;
  while (from > 0 && to - from < wanted && fits(from - 1)) from--;
  return { from: first + from, to: first + to };
}
