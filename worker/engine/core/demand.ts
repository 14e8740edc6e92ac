import { jobOfLease } from './jobs.ts';
import { LEAD_MS, WANT_INTERVAL_MS } from './limits.ts';
import { queuedMs } from './slots.ts';
import type { EngineState, Lease, Step } from './state.ts';
import { halted } from './state.ts';

/**
 * Asks for work ahead of need: each thread is to have LEAD_MS of computing before it. Demand
 * replaces the demand before it and stands until it is met, so it is only renewed when leases have
 * come since, or when far more is missing than was asked for.
 */
export function tendDemand(step: Step): void {
  const { state, now } = step;
  if (state.connection.state !== 'joined') return;
  const { demand } = state;
  const quiet = halted(state) || state.finishingSince !== null || now < demand.restUntil;
  if (quiet) {
    if (demand.asked && demand.asked.threads > 0) ask(step, 0, 0);
    return;
  }
  const lead = LEAD_MS * state.threads;
  const missing = lead - runwayMs(state, now);
  const { asked } = demand;
  if (!asked || asked.threads !== state.threads) {
    if (!asked || asked.threads > 0 || missing > 0) ask(step, state.threads, missing);
    return;
  }
  if (missing <= lead / 4 || now < asked.at + WANT_INTERVAL_MS) return;
  if (demand.answered || missing > asked.milliseconds + lead / 4) ask(step, state.threads, missing);
}

/** When demand may have to be renewed, apart from all other events. */
export function nextDemandAt(state: EngineState): number {
  const { asked, answered, restUntil } = state.demand;
  if (state.connection.state !== 'joined') return Number.POSITIVE_INFINITY;
  if (restUntil > state.now) return restUntil;
  if (!asked || !answered || asked.at + WANT_INTERVAL_MS <= state.now)
    return Number.POSITIVE_INFINITY;
  return asked.at + WANT_INTERVAL_MS;
}

/** A lease came: demand was heard. */
export function leaseArrived({ state }: Step): void {
  state.demand.answered = true;
  state.demand.idle = null;
}

/** Milliseconds of computing that this node has before it, over all threads. */
function runwayMs(state: EngineState, now: number): number {
  let runway = 0;
  // What one slot has beyond the lead is of no use to another.
  for (const slot of state.slots.values()) runway += Math.min(LEAD_MS, queuedMs(slot, now));
  for (const lease of state.leases.values()) runway += pendingMs(state, lease);
  return runway;
}

function pendingMs(state: EngineState, lease: Lease): number {
  const { shardMicros } = jobOfLease(state, lease);
  if (shardMicros !== null) return (lease.pendingShards * shardMicros) / 1000;
  // Of an unknown program one shard a thread is enough until it is known.
  return LEAD_MS * Math.min(state.threads, lease.pendingShards + lease.runningShards);
}

function ask({ state, effects, now }: Step, threads: number, milliseconds: number): void {
  const whole = Math.max(0, Math.ceil(milliseconds));
  state.demand.asked = { threads, milliseconds: whole, at: now };
  state.demand.answered = false;
  effects.push({ type: 'send', frame: { type: 'want', threads, milliseconds: whole } });
}
