import type { JobView } from '../../../shared/job/view.ts';
import { checkpointOf } from './checkpoints.ts';
import { jobOfLease } from './jobs.ts';
import { pastDeadline } from './leases.ts';
import { BATCH_MS, MAX_OUTBOX_BYTES, MAX_QUEUED_BATCHES } from './limits.ts';
import { cutBatch, nextRange } from './ranges.ts';
import { queuedMs } from './slots.ts';
import type { JobRecord, Lease, PendingRange, Slot, Step } from './state.ts';

/** A lease with the pending range of it that is to be begun next. */
interface Candidate {
  lease: Lease;
  job: JobRecord;
  range: PendingRange;
}

/**
 * Gives every slot something to do: its program first, then batches, until each has enough for the
 * next moments. One shard is only ever in one slot: it leaves `pending` when it is cut.
 */
export function assignWork(step: Step): void {
  const { state } = step;
  if (state.outboxBytes >= MAX_OUTBOX_BYTES || state.leases.size === 0) return;
  // Round by round, so that a few long shards go to as many slots.
  for (let given = true; given; ) {
    given = false;
    for (const slot of state.slots.values())
      if (slot.drainUntil === null && giveWork(step, slot)) given = true;
  }
}

/** Whether shards of this job have content of their own that must be fetched before they run. */
function fileBacked(job: JobView): boolean {
  const { kind } = job.inputs;
  return kind !== 'range' && kind !== 'grid';
}

function giveWork(step: Step, slot: Slot): boolean {
  if (slot.state !== 'ready' && slot.state !== 'loaded') return false;
  const busy = slot.queue.length > 0;
  if (busy && !roomFor(step, slot)) return false;
  const candidate = choose(step, slot, busy);
  if (!candidate) return false;
  if (slot.job !== candidate.lease.job) {
    slot.state = 'loading';
    slot.job = candidate.lease.job;
    slot.load = step.state.next.load++;
    slot.heardAt = step.now;
    step.effects.push({
      type: 'load',
      slot: slot.number,
      load: slot.load,
      job: candidate.job.view,
    });
    return false;
  }
  runBatch(step, slot, candidate);
  return true;
}

function roomFor({ state, now }: Step, slot: Slot): boolean {
  if (slot.queue.length >= MAX_QUEUED_BATCHES || queuedMs(slot, now) >= BATCH_MS) return false;
  // Nothing is known about the shards of this program yet: one at a time.
  return slot.job !== null && state.jobs.get(slot.job)?.shardMicros !== null;
}

/** The oldest lease with something to begin; of the program that the slot has, where there is one. */
function choose(step: Step, slot: Slot, busy: boolean): Candidate | null {
  let oldest: Candidate | null = null;
  for (const lease of step.state.leases.values()) {
    if (lease.pendingShards === 0) continue;
    const own = lease.job === slot.job;
    if (!own && (busy || oldest)) continue;
    const range = nextRange(step.state, lease);
    if (!range || pastDeadline(step, lease)) continue;
    const job = jobOfLease(step.state, lease);
    if (job.program !== 'ready' || job.invalid !== null) continue;
    const candidate = { lease, job, range };
    if (own) return candidate;
    oldest = candidate;
  }
  return oldest;
}

function runBatch(step: Step, slot: Slot, { lease, job, range }: Candidate): void {
  const { state, now, effects } = step;
  const shardMs = (job.shardMicros ?? 0) / 1000;
  const cut = cutBatch(step, lease, range, batchSize(step, lease, job));
  const staged = !fileBacked(job.view);
  const run = {
    batch: state.next.batch++,
    lease: lease.key,
    next: cut.first,
    end: cut.first + cut.count,
    isolate: cut.isolate,
    staged,
    shardMs,
  };
  if (slot.queue.length === 0) slot.heardAt = now;
  slot.queue.push(run);
  effects.push({
    type: 'run',
    slot: slot.number,
    job: job.view,
    batch: {
      id: run.batch,
      first: cut.first,
      count: cut.count,
      checkpoint: checkpointOf(state, lease.job, cut.first),
      isolate: cut.isolate,
    },
  });
}

/** As many shards as make a batch, but no more than this slot's share of what the lease has left. */
function batchSize({ state }: Step, lease: Lease, job: JobRecord): number {
  if (job.shardMicros === null) return 1;
  const byTime = Math.floor((BATCH_MS * 1000) / job.shardMicros);
  const share = Math.ceil(lease.pendingShards / state.threads);
  return Math.max(1, Math.min(byTime, share));
}
