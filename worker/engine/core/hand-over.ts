import { MAX_MOVED_CHECKPOINT_BYTES } from '../../../shared/protocol/limits.ts';
import { HAND_OVER_BYTES_PER_SECOND, PARTING_BYTES } from './limits.ts';
import type { Checkpoint, EngineState, Lease, Step } from './state.ts';

/**
 * Hands over the checkpoints that are due, one after the other at a pace that leaves the uplink to
 * its owner: a tab that crashes then loses little, as the next node goes on from there.
 */
export function handOverDue(step: Step): void {
  const { state, now } = step;
  if (state.connection.state !== 'joined' || now < state.handOverFreeAt) return;
  for (const checkpoint of state.checkpoints.values()) {
    if (now < checkpoint.handOverAt || !mayMove(checkpoint)) continue;
    const lease = leaseOf(state, checkpoint);
    if (!lease) continue;
    send(step, lease, checkpoint);
    const pauseMs = (checkpoint.bytes.length / HAND_OVER_BYTES_PER_SECOND) * 1000;
    state.handOverFreeAt = now + pauseMs;
    if (pauseMs > 0) return;
  }
}

/** When the next is to be handed over. */
export function nextHandOverAt(state: EngineState): number {
  let at = Number.POSITIVE_INFINITY;
  if (state.connection.state !== 'joined') return at;
  for (const checkpoint of state.checkpoints.values())
    if (checkpoint.handOverAt < at && mayMove(checkpoint) && leaseOf(state, checkpoint))
      at = checkpoint.handOverAt;
  return Math.max(at, state.handOverFreeAt);
}

/**
 * Hands over what is unfinished of leases that are about to be given back: the smallest first, and
 * no more than goes up in a page's last moments.
 */
export function handOverAll(step: Step, leases: Iterable<Lease>): void {
  const { state } = step;
  if (state.checkpoints.size === 0 || state.connection.state !== 'joined') return;
  const unsent: { lease: Lease; checkpoint: Checkpoint }[] = [];
  for (const lease of leases)
    for (const checkpoint of state.checkpoints.values())
      if (isOf(lease, checkpoint) && mayMove(checkpoint) && checkpoint.handOverAt < Infinity)
        unsent.push({ lease, checkpoint });
  unsent.sort((a, b) => a.checkpoint.bytes.length - b.checkpoint.bytes.length);
  let bytes = 0;
  for (const { lease, checkpoint } of unsent) {
    bytes += checkpoint.bytes.length;
    if (bytes > PARTING_BYTES) return;
    send(step, lease, checkpoint);
  }
}

function send({ now, effects }: Step, { ticket }: Lease, checkpoint: Checkpoint): void {
  const { shard, bytes } = checkpoint;
  checkpoint.handedAt = now;
  checkpoint.handOverAt = Number.POSITIVE_INFINITY;
  effects.push({ type: 'send', frame: { type: 'hand-over', ticket, shard, checkpoint: bytes } });
}

function mayMove({ bytes }: Checkpoint): boolean {
  return bytes.length <= MAX_MOVED_CHECKPOINT_BYTES;
}

function leaseOf(state: EngineState, checkpoint: Checkpoint): Lease | null {
  for (const lease of state.leases.values()) if (isOf(lease, checkpoint)) return lease;
  return null;
}

function isOf(lease: Lease, { job, shard }: Checkpoint): boolean {
  return lease.job === job && shard >= lease.first && shard < lease.first + lease.count;
}
