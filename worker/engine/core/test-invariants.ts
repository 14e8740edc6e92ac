import type { PlannedBatch, SlotNumber } from '../events.ts';
import type { EngineState } from './state.ts';

/** A runner as the tests play it: queued batches, the first of which may have been reported in part. */
export interface PlayedSlot {
  job: string | null;
  batches: { batch: PlannedBatch; next: number }[];
}

/**
 * What holds after every step of an engine.
 * @param submitted shards of each ticket that went into submissions
 * @throws Error that names what does not hold
 */
export function checkInvariants(
  state: EngineState,
  slots: ReadonlyMap<SlotNumber, PlayedSlot>,
  submitted: ReadonlyMap<string, ReadonlySet<number>>,
): void {
  const halted = state.paused || state.threads === 0;
  const taken = new Set<string>();
  for (const [number, { batches }] of slots) {
    if (halted && batches.length > 0) throw new Error('something runs while paused');
    const runs = state.slots.get(number)?.queue ?? [];
    for (const { batch, next } of batches) {
      const lease = runs.find((run) => run.batch === batch.id)?.lease;
      if (!lease) continue;
      for (let shard = next; shard < batch.first + batch.count; shard++) {
        const name = `${lease}/${shard}`;
        if (taken.has(name)) throw new Error('one shard in two slots');
        taken.add(name);
      }
    }
  }
  for (const lease of state.leases.values()) {
    const inSegments = lease.segments.reduce((sum, segment) => sum + segment.count, 0);
    if (inSegments + (submitted.get(lease.key)?.size ?? 0) !== lease.done)
      throw new Error('a result was lost between computing and submitting');
    if (lease.pendingShards + lease.runningShards + lease.done !== lease.count)
      throw new Error('a shard of a lease is nowhere or twice');
    let runs = 0;
    for (const slot of state.slots.values())
      for (const run of slot.queue) if (run.lease === lease.key) runs += run.end - run.next;
    if (runs !== lease.runningShards) throw new Error('runs do not add up');
  }
  let bytes = 0;
  for (const entry of state.outbox.values()) bytes += entry.bytes;
  if (bytes !== state.outboxBytes) throw new Error('outbox bytes do not add up');
}
