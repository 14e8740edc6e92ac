import { nextCheckpointAt } from './checkpoints.ts';
import { nextDemandAt } from './demand.ts';
import { nextHandOverAt } from './hand-over.ts';
import { JOB_KEEP_MS, PAUSE_KEEP_MS } from './limits.ts';
import { nextOutboxAt } from './outbox.ts';
import { nextConnectionAt } from './session.ts';
import type { EngineState } from './state.ts';
import { finishDueAt } from './stop.ts';
import { silenceEnds } from './watchdog.ts';

/** When something is due although nothing happens; never earlier than a millisecond from now. */
export function nextWakeAt(state: EngineState): number {
  let at = Math.min(
    nextConnectionAt(state),
    nextOutboxAt(state),
    nextCheckpointAt(state),
    nextHandOverAt(state),
    nextDemandAt(state),
    nextLeaseAt(state),
    finishDueAt(state),
  );
  if (state.slotRetryAt > state.now) at = Math.min(at, state.slotRetryAt);
  for (const slot of state.slots.values()) {
    at = Math.min(at, silenceEnds(state, slot));
    if (slot.drainUntil !== null) at = Math.min(at, slot.drainUntil);
  }
  for (const job of state.jobs.values())
    if (job.leases === 0 && job.program === 'ready') at = Math.min(at, job.idleSince + JOB_KEEP_MS);
  return Math.max(at, state.now + 1);
}

/** When a lease ends by time alone. */
function nextLeaseAt(state: EngineState): number {
  let at = Number.POSITIVE_INFINITY;
  if (state.leases.size > 0 && state.haltedSince !== null) at = state.haltedSince + PAUSE_KEEP_MS;
  if (state.connection.state !== 'joined') return at;
  for (const lease of state.leases.values())
    if (lease.pendingShards > 0 && lease.runningShards === 0)
      at = Math.min(at, lease.deadline - state.connection.clockOffset + 1);
  return at;
}
