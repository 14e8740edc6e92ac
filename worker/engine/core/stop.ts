import { handOverAll } from './hand-over.ts';
import { FINISH_WAIT_MS } from './limits.ts';
import { keepAll } from './outbox.ts';
import type { EngineState, Step } from './state.ts';

/**
 * Ends a finish that is complete: nothing runs, everything is given back and confirmed. What is
 * not confirmed after a while is left to the storage. Returns whether the engine stopped.
 */
export function tendFinish(step: Step): boolean {
  const { state, now } = step;
  if (state.finishingSince === null || state.leases.size > 0) return false;
  if (state.outbox.size > 0 && now < finishDueAt(state)) return false;
  if (mustPart(state)) {
    if (state.parting === 'no') step.effects.push({ type: 'part' });
    state.parting = 'asked';
    return false;
  }
  stop(step);
  return true;
}

/** Outputs that only this node has are handed over first; without a connection they stay for later. */
function mustPart({ outputsKept, parting, connection }: EngineState): boolean {
  return outputsKept && parting !== 'done' && connection.state === 'joined';
}

/** When a finish waits no longer for confirmations; never, while leases are held. */
export function finishDueAt(state: EngineState): number {
  if (state.finishingSince === null || state.leases.size > 0 || state.parting === 'asked')
    return Number.POSITIVE_INFINITY;
  let newest = state.finishingSince;
  for (const entry of state.outbox.values()) newest = Math.max(newest, entry.since);
  return newest + FINISH_WAIT_MS;
}

/** The page goes away: everything ends in this very step. */
export function leaveNow(step: Step): void {
  const { state, effects } = step;
  handOverAll(step, state.leases.values());
  for (const lease of state.leases.values())
    if (lease.kept) effects.push({ type: 'forget-lease', key: lease.key });
  state.leases.clear();
  stop(step);
}

function stop(step: Step): void {
  const { state, effects } = step;
  state.stopped = true;
  keepAll(step);
  if (state.connection.state === 'joined') effects.push({ type: 'send', frame: { type: 'leave' } });
  if (state.connection.state !== 'closed') effects.push({ type: 'disconnect' });
  for (const slot of state.slots.keys()) effects.push({ type: 'dispose-slot', slot });
  state.slots.clear();
  state.connection.state = 'closed';
  effects.push({ type: 'stopped' });
}
