import type { CoordinatorFrame } from '../../../shared/protocol/frames.ts';
import type { KeptLease } from '../events.ts';
import { forgetCheckpoint, inheritCheckpoint } from './checkpoints.ts';
import { handOverAll } from './hand-over.ts';
import { jobOfLease, leaseEnded } from './jobs.ts';
import { PAUSE_KEEP_MS } from './limits.ts';
import { flushLease } from './outbox.ts';
import { hasBegun, takeRange } from './ranges.ts';
import { abandonLease } from './slots.ts';
import type { Lease, Step } from './state.ts';
import { ticketKey } from './ticket.ts';

type LeaseFrame = Extract<CoordinatorFrame, { type: 'lease' }>;
type RevokeFrame = Extract<CoordinatorFrame, { type: 'revoke' }>;

/** Takes a lease in. One that is here already (sent again after a reconnect) changes nothing. */
export function addLease(step: Step, frame: LeaseFrame): void {
  const key = ticketKey(frame.ticket);
  const job = step.state.jobs.get(frame.job);
  if (!job || step.state.leases.has(key)) return;
  job.leases++;
  step.state.leases.set(key, {
    key,
    ticket: frame.ticket,
    job: frame.job,
    first: frame.first,
    count: frame.count,
    deadline: frame.deadline,
    receivedAt: step.now,
    pending: [{ first: frame.first, count: frame.count, isolate: false, begun: false }],
    pendingShards: frame.count,
    runningShards: 0,
    done: 0,
    segments: [],
    segmentBytes: 0,
    segmentsSince: 0,
    kept: false,
  });
  for (const { shard, checkpoint } of frame.checkpoints ?? [])
    if (shard >= frame.first && shard < frame.first + frame.count)
      inheritCheckpoint(step, frame.job, shard, checkpoint);
}

/** A lease from before a crash: what its kept submissions cover is not run again. */
export function restoreLease(
  step: Step,
  kept: KeptLease,
  covered: readonly { first: number; count: number }[],
): void {
  addLease(step, { type: 'lease', ...kept, job: kept.job.id });
  const lease = step.state.leases.get(ticketKey(kept.ticket));
  if (!lease) return;
  lease.kept = true;
  lease.pending[0].begun = true;
  for (const { first, count } of covered) {
    takeRange(lease, first, count);
    lease.done += count;
  }
}

/** The coordinator wants these leases no more. What is computed is still sent, unless cancelled. */
export function revokeLeases(step: Step, frame: RevokeFrame): void {
  for (const ticket of frame.tickets) {
    const lease = step.state.leases.get(ticketKey(ticket));
    if (!lease) continue;
    abandonLease(step, lease);
    if (frame.reason !== 'cancelled') flushLease(step, lease);
    for (const range of lease.pending)
      for (const { job, shard } of step.state.checkpoints.values())
        if (job === lease.job && shard >= range.first && shard < range.first + range.count)
          forgetCheckpoint(step, job, shard);
    removeLease(step, lease);
  }
}

/** Gives leases back: what is computed is sent first, the rest is for others to run. */
function renounce(step: Step, leases: readonly Lease[]): void {
  if (leases.length === 0) return;
  handOverAll(step, leases);
  for (const lease of leases) {
    abandonLease(step, lease);
    flushLease(step, lease);
    removeLease(step, lease);
  }
  // Without a connection the coordinator has noticed already.
  if (step.state.connection.state === 'joined')
    step.effects.push({
      type: 'send',
      frame: { type: 'renounce', tickets: leases.map((lease) => lease.ticket) },
    });
}

/** Renounces every lease of a job. */
export function renounceJob(step: Step, job: string): void {
  renounce(
    step,
    [...step.state.leases.values()].filter((lease) => lease.job === job),
  );
}

/**
 * Ends the leases that are over: wholly computed; past their deadline; kept through a pause that
 * lasts; or, when finishing, with nothing left that was begun.
 */
export function endLeases(step: Step): void {
  const { state, now } = step;
  const over: Lease[] = [];
  const pauseLasts = state.haltedSince !== null && now - state.haltedSince >= PAUSE_KEEP_MS;
  const finishing = state.finishingSince !== null;
  for (const lease of state.leases.values()) {
    if (lease.runningShards > 0) continue;
    if (lease.pendingShards === 0) {
      flushLease(step, lease);
      removeLease(step, lease);
    } else if (pauseLasts || pastDeadline(step, lease) || (finishing && !hasBegun(lease)))
      over.push(lease);
  }
  renounce(step, over);
}

/** Whether nothing of the lease may be begun any more. */
export function pastDeadline({ state, now }: Step, lease: Lease): boolean {
  return state.connection.state === 'joined' && now + state.connection.clockOffset > lease.deadline;
}

function removeLease(step: Step, lease: Lease): void {
  step.state.leases.delete(lease.key);
  if (lease.kept) step.effects.push({ type: 'forget-lease', key: lease.key });
  leaseEnded(step, jobOfLease(step.state, lease));
}
