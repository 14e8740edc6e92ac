import type { KeptCheckpoint } from '../events.ts';
import { jobOfLease } from './jobs.ts';
import {
  CHECKPOINT_INTERVAL_MS,
  HAND_OVER_FIRST_MS,
  HAND_OVER_INTERVAL_MS,
  MAX_CHECKPOINT_BYTES,
} from './limits.ts';
import type { Checkpoint, EngineState, Lease, Step } from './state.ts';

function checkpointKey(job: string, shard: number): string {
  return `${job}/${shard}`;
}

/** Whether an interrupted run of this shard left something behind. */
export function hasCheckpoint(state: EngineState, job: string, shard: number): boolean {
  return state.checkpoints.has(checkpointKey(job, shard));
}

/** What an interrupted run of this shard left in `/checkpoint`, or null. */
export function checkpointOf(
  state: EngineState,
  job: string,
  shard: number,
): Uint8Array<ArrayBuffer> | null {
  if (state.checkpoints.size === 0) return null;
  return state.checkpoints.get(checkpointKey(job, shard))?.bytes ?? null;
}

/** Takes in what the storage gave back. */
export function restoreCheckpoint(step: Step, { job, shard, bytes }: KeptCheckpoint): void {
  const { now } = step;
  const rest = { keptAt: now, dirty: false, handedAt: null };
  insert(step, { job, shard, bytes, handOverAt: now + HAND_OVER_FIRST_MS, ...rest });
}

/** Takes in what another node's run left: the run here goes on from it. */
export function inheritCheckpoint(
  step: Step,
  job: string,
  shard: number,
  bytes: Uint8Array<ArrayBuffer>,
): void {
  const rest = { keptAt: Number.NEGATIVE_INFINITY, dirty: true, handedAt: step.now };
  insert(step, { job, shard, bytes, handOverAt: Number.POSITIVE_INFINITY, ...rest });
}

/** A running shard has written a checkpoint: it replaces the one before. */
export function saveCheckpoint(
  step: Step,
  lease: Lease,
  shard: number,
  bytes: Uint8Array<ArrayBuffer>,
): void {
  const before = step.state.checkpoints.get(checkpointKey(lease.job, shard));
  const checkpoint: Checkpoint = {
    job: lease.job,
    shard,
    bytes,
    keptAt: before?.keptAt ?? Number.NEGATIVE_INFINITY,
    dirty: true,
    handOverAt: nextHandOver(step, before),
    handedAt: before?.handedAt ?? null,
  };
  insert(step, checkpoint);
  keepIfDue(step, checkpoint);
  if (lease.kept) return;
  lease.kept = true;
  const { key, first, count, deadline, ticket } = lease;
  const job = jobOfLease(step.state, lease).view;
  step.effects.push({ type: 'keep-lease', lease: { key, job, first, count, deadline, ticket } });
}

/** Writes out what waited for its interval to pass. */
export function keepCheckpoints(step: Step): void {
  for (const checkpoint of step.state.checkpoints.values())
    if (checkpoint.dirty) keepIfDue(step, checkpoint);
}

/** When the next checkpoint is to be written out. */
export function nextCheckpointAt(state: EngineState): number {
  let at = Number.POSITIVE_INFINITY;
  for (const { dirty, keptAt } of state.checkpoints.values())
    if (dirty) at = Math.min(at, keptAt + CHECKPOINT_INTERVAL_MS);
  return at;
}

/** The shard needs its checkpoint no more. */
export function forgetCheckpoint({ state, effects }: Step, job: string, shard: number): void {
  if (state.checkpoints.size === 0) return;
  const key = checkpointKey(job, shard);
  const checkpoint = state.checkpoints.get(key);
  if (!checkpoint) return;
  state.checkpoints.delete(key);
  state.checkpointBytes -= checkpoint.bytes.length;
  effects.push({ type: 'forget-checkpoint', job, shard });
}

/** The first some seconds after the first checkpoint, each further one an interval after the last. */
function nextHandOver({ now }: Step, before: Checkpoint | undefined): number {
  if (before?.handedAt != null) return before.handedAt + HAND_OVER_INTERVAL_MS;
  return before?.handOverAt ?? now + HAND_OVER_FIRST_MS;
}

function insert(step: Step, checkpoint: Checkpoint): void {
  const { state } = step;
  const key = checkpointKey(checkpoint.job, checkpoint.shard);
  state.checkpointBytes +=
    checkpoint.bytes.length - (state.checkpoints.get(key)?.bytes.length ?? 0);
  // Deleted first, so that the order of the map is the order of the last writes.
  state.checkpoints.delete(key);
  state.checkpoints.set(key, checkpoint);
  for (const { job, shard } of state.checkpoints.values()) {
    if (state.checkpointBytes <= MAX_CHECKPOINT_BYTES) break;
    forgetCheckpoint(step, job, shard);
  }
}

function keepIfDue({ effects, now }: Step, checkpoint: Checkpoint): void {
  if (now < checkpoint.keptAt + CHECKPOINT_INTERVAL_MS) return;
  checkpoint.keptAt = now;
  checkpoint.dirty = false;
  const { job, shard, bytes } = checkpoint;
  effects.push({ type: 'keep-checkpoint', checkpoint: { job, shard, bytes } });
}
