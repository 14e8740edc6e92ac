import type { SlotNumber } from '../events.ts';
import { jobOfSlot } from './jobs.ts';
import {
  LOAD_LIMIT_MS,
  READY_LIMIT_MS,
  SILENCE_GRACE_MS,
  SLOT_RETRY_LIMIT_MS,
  SLOT_RETRY_MS,
} from './limits.ts';
import { giveBack, killSlot } from './slots.ts';
import type { EngineState, Slot, Step } from './state.ts';
import { loadBroke } from './trouble.ts';

/** A runner broke down by itself: it is replaced, after a pause where that happens again and again. */
export function slotDied(step: Step, number: SlotNumber, reason: string): void {
  const { state, now } = step;
  const slot = state.slots.get(number);
  if (!slot) return;
  if (slot.state === 'loading') loadBroke(step, slot, reason);
  else if (slot.state !== 'loaded') {
    const pause = SLOT_RETRY_MS * 2 ** state.slotFailures++;
    state.slotRetryAt = now + Math.min(pause, SLOT_RETRY_LIMIT_MS);
    state.problem = { code: 'SANDBOX_BROKEN', message: reason };
  }
  giveBack(step, slot, { by: 'death', reason });
  state.slots.delete(number);
  step.effects.push({ type: 'dispose-slot', slot: number });
}

/** Kills slots that have been silent for longer than they may. */
export function watchSlots(step: Step): void {
  const { state, now } = step;
  for (const slot of state.slots.values()) {
    if (now < silenceEnds(state, slot)) continue;
    if (slot.state === 'starting')
      slotDied(step, slot.number, 'The sandbox did not start in time.');
    else if (slot.state === 'loading') {
      loadBroke(step, slot, 'The program did not load in time.');
      killSlot(step, slot, { by: 'engine' });
    } else killSlot(step, slot, { by: 'silence' });
  }
}

/** When the slot will have been silent for too long; never, while it has nothing to do. */
export function silenceEnds(state: EngineState, slot: Slot): number {
  if (slot.state === 'starting') return slot.heardAt + READY_LIMIT_MS;
  if (slot.state === 'loading') return slot.heardAt + LOAD_LIMIT_MS;
  const [run] = slot.queue;
  if (!run?.staged) return Number.POSITIVE_INFINITY;
  return slot.heardAt + jobOfSlot(state, slot).view.limits.timeMs + SILENCE_GRACE_MS;
}

/** Machine sleep is nobody's silence. */
export function forgiveSilence({ state }: Step, milliseconds: number): void {
  for (const slot of state.slots.values()) slot.heardAt += milliseconds;
}
