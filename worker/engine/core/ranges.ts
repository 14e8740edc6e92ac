import { hasCheckpoint } from './checkpoints.ts';
import type { EngineState, Lease, PendingRange, Step } from './state.ts';

/** The pending range to begin next, or null: Finish begins only what was begun before. */
export function nextRange(state: EngineState, lease: Lease): PendingRange | null {
  const finishing = state.finishingSince !== null;
  return (finishing ? lease.pending.find((range) => range.begun) : lease.pending[0]) ?? null;
}

/**
 * Takes at most `most` contiguous shards off the front of a pending range. A shard with a
 * checkpoint begins its batch, because only a batch's first shard can be given one.
 */
export function cutBatch(
  step: Step,
  lease: Lease,
  range: PendingRange,
  most: number,
): PendingRange {
  let count = Math.min(range.count, most);
  if (step.state.checkpoints.size > 0)
    for (let k = 1; k < count; k++)
      if (hasCheckpoint(step.state, lease.job, range.first + k)) count = k;
  const cut = { ...range, count };
  if (count === range.count) lease.pending.splice(lease.pending.indexOf(range), 1);
  else {
    range.first += count;
    range.count -= count;
  }
  lease.pendingShards -= count;
  lease.runningShards += count;
  return cut;
}

/** Gives shards that a slot had back to be run again. */
export function requeue(lease: Lease, range: PendingRange): void {
  lease.runningShards -= range.count;
  if (range.count === 0) return;
  lease.pendingShards += range.count;
  const at = lease.pending.findIndex((other) => other.first > range.first);
  lease.pending.splice(at < 0 ? lease.pending.length : at, 0, range);
}

/** Takes shards out of what is pending: they are computed already. */
export function takeRange(lease: Lease, first: number, count: number): void {
  const end = first + count;
  lease.pending = lease.pending.flatMap((range) => {
    const rangeEnd = range.first + range.count;
    const before = Math.max(0, Math.min(first, rangeEnd) - range.first);
    const after = Math.max(0, rangeEnd - Math.max(end, range.first));
    const rest: PendingRange[] = [];
    if (before > 0) rest.push({ ...range, count: before });
    if (after > 0) rest.push({ ...range, first: rangeEnd - after, count: after });
    return rest;
  });
  lease.pendingShards = lease.pending.reduce((sum, range) => sum + range.count, 0);
}

/** Whether shards of the lease were begun and interrupted. */
export function hasBegun(lease: Lease): boolean {
  return lease.pending.some((range) => range.begun);
}
