import { Outcome } from '../../../shared/verdict/outcome.ts';
import { tooSlow } from '../../sandbox/too-slow.ts';
import type { SlotNumber } from '../events.ts';
import { jobOfLease } from './jobs.ts';
import { DRAIN_MS } from './limits.ts';
import { requeue } from './ranges.ts';
import { recordLost } from './results.ts';
import type { EngineState, Lease, PendingRange, Run, Slot, Step } from './state.ts';
import { halted } from './state.ts';

/** Why a slot's work was cut short. */
export type Cut =
  /** By us, for reasons of our own: the program did nothing wrong. */
  | { by: 'engine' }
  /** The program did not report within its time. */
  | { by: 'silence' }
  /** The sandbox broke under the program. */
  | { by: 'death'; reason: string };

/** Makes the number of slots what may run now, and takes away those whose time to drain is over. */
export function tendSlots(step: Step): void {
  const { state, now } = step;
  const wanted = halted(state) || state.stopped ? 0 : state.threads;
  if (wanted === 0) {
    for (const slot of state.slots.values()) disposeSlot(step, slot);
    return;
  }
  const active = [...state.slots.values()].filter((slot) => slot.drainUntil === null);
  // The ones with the least under way go first.
  active.sort((a, b) => b.queue.length - a.queue.length || a.number - b.number);
  for (const slot of active.slice(wanted)) slot.drainUntil = now + DRAIN_MS;
  let missing = wanted - active.length;
  for (const slot of state.slots.values()) {
    if (slot.drainUntil === null) continue;
    if (missing > 0) {
      slot.drainUntil = null;
      missing--;
    } else if (slot.queue.length === 0 || now >= slot.drainUntil) disposeSlot(step, slot);
  }
  if (now < state.slotRetryAt) return;
  for (; missing > 0; missing--) createSlot(step);
}

function createSlot({ state, effects, now }: Step): void {
  const number = state.next.slot++;
  state.slots.set(number, {
    number,
    state: 'starting',
    job: null,
    load: 0,
    queue: [],
    heardAt: now,
    drainUntil: null,
  });
  effects.push({ type: 'create-slot', slot: number });
}

function disposeSlot(step: Step, slot: Slot): void {
  giveBack(step, slot, { by: 'engine' });
  step.state.slots.delete(slot.number);
  step.effects.push({ type: 'dispose-slot', slot: slot.number });
}

/** Stops what the slot does at once; it comes back by `slot-ready`. */
export function killSlot(step: Step, slot: Slot, cut: Cut): void {
  giveBack(step, slot, cut);
  slot.state = 'starting';
  slot.job = null;
  slot.heardAt = step.now;
  step.effects.push({ type: 'kill-slot', slot: slot.number });
}

/** A runner that is new or was killed can take a program. */
export function slotReady({ state, now }: Step, number: SlotNumber): void {
  const slot = state.slots.get(number);
  if (slot?.state !== 'starting') return;
  slot.state = 'ready';
  slot.job = null;
  slot.heardAt = now;
}

/** The slot has its program. */
export function slotLoaded({ state, now }: Step, number: SlotNumber, load: number): void {
  const slot = state.slots.get(number);
  if (slot?.state !== 'loading' || slot.load !== load) return;
  slot.state = 'loaded';
  slot.heardAt = now;
  state.slotFailures = 0;
}

/** A batch of file-backed shards has reached its runner. */
export function batchStaged({ state, now }: Step, number: SlotNumber, batch: number): void {
  const slot = state.slots.get(number);
  const run = slot?.queue.find((candidate) => candidate.batch === batch);
  if (!slot || !run) return;
  run.staged = true;
  if (slot.queue[0] === run) slot.heardAt = now;
}

/** Takes a batch off its slot and gives its shards back; the slot itself is well. */
export function unstageBatch({ state }: Step, number: SlotNumber, batch: number): Lease | null {
  const slot = state.slots.get(number);
  const at = slot?.queue.findIndex((run) => run.batch === batch) ?? -1;
  if (!slot || at < 0) return null;
  const [run] = slot.queue.splice(at, 1);
  const lease = leaseOfRun(state, run);
  if (lease) requeue(lease, { ...unreported(run), begun: false });
  return lease;
}

/**
 * Nobody wants the shards of this lease any more. A slot that has much of it before it is killed;
 * where a little is left, that is cheaper than a new sandbox, so it runs out unheard.
 */
export function abandonLease(step: Step, lease: Lease): void {
  if (lease.runningShards === 0) return;
  for (const slot of step.state.slots.values()) {
    const runs = slot.queue.filter((run) => run.lease === lease.key);
    if (runs.length === 0) continue;
    if (runs.some((run) => run.isolate || !run.staged) || !runsOutSoon(slot, step.now))
      killSlot(step, slot, { by: 'engine' });
    else
      for (const run of runs) {
        lease.runningShards -= run.end - run.next;
        run.lease = null;
      }
  }
}

/** Milliseconds of computing that a slot has before it, as far as can be told. */
export function queuedMs(slot: Slot, now: number): number {
  let total = 0;
  for (const run of slot.queue) total += run.shardMs * (run.end - run.next);
  return slot.queue.length === 0 ? 0 : Math.max(0, total - (now - slot.heardAt));
}

function runsOutSoon(slot: Slot, now: number): boolean {
  return slot.queue.every((run) => run.shardMs > 0) && queuedMs(slot, now) < DRAIN_MS;
}

/** The lease of a run, or null where nobody wants its results any more. */
export function leaseOfRun(state: EngineState, run: Run): Lease | null {
  return run.lease === null ? null : (state.leases.get(run.lease) ?? null);
}

function unreported(run: Run): PendingRange {
  return { first: run.next, count: run.end - run.next, isolate: run.isolate, begun: true };
}

/**
 * Gives back all that a slot had. Where the program is to blame and one shard alone can have done
 * it, that shard gets its outcome; where several can, they are run again one report each.
 */
export function giveBack(step: Step, slot: Slot, cut: Cut): void {
  const runs = slot.queue;
  slot.queue = [];
  runs.forEach((run, place) => {
    const lease = leaseOfRun(step.state, run);
    if (!lease) return;
    const range = unreported(run);
    if (place > 0 || cut.by === 'engine' || !run.staged) {
      requeue(lease, { ...range, begun: place === 0 && run.staged });
      return;
    }
    const certain = run.isolate || (cut.by === 'silence' && range.count === 1);
    if (!certain) {
      requeue(lease, { ...range, isolate: true });
      return;
    }
    if (cut.by === 'silence') {
      const { timeMs } = jobOfLease(step.state, lease).view.limits;
      recordLost(step, lease, run.next, Outcome.timeLimit, tooSlow(timeMs));
    } else recordLost(step, lease, run.next, Outcome.crashed, cut.reason);
    requeue(lease, { first: run.next + 1, count: range.count - 1, isolate: false, begun: false });
  });
}
