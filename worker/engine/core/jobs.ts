import type { JobView } from '../../../shared/job/view.ts';
import { JOB_KEEP_MS } from './limits.ts';
import type { EngineState, JobRecord, Lease, Slot, Step } from './state.ts';

/** Takes in what there is to know about a job. */
export function addJob({ state, now }: Step, view: JobView): void {
  const known = state.jobs.get(view.id);
  if (known) known.view = view;
  else
    state.jobs.set(view.id, {
      view,
      program: 'absent',
      shardMicros: null,
      invalid: null,
      loadFailures: 0,
      leases: 0,
      idleSince: now,
    });
}

/** The record of a lease's job: there as long as the lease is. */
export function jobOfLease(state: EngineState, lease: Lease): JobRecord {
  const job = state.jobs.get(lease.job);
  if (!job) throw new Error(`lease without its job ${lease.job}`);
  return job;
}

/** The record of the job whose program a slot runs: there as long as the slot has batches. */
export function jobOfSlot(state: EngineState, slot: Slot): JobRecord {
  const job = slot.job === null ? undefined : state.jobs.get(slot.job);
  if (!job) throw new Error(`slot ${slot.number} without its job`);
  return job;
}

/** A lease of the job has ended. */
export function leaseEnded({ now }: Step, job: JobRecord): void {
  job.leases--;
  job.idleSince = now;
}

/** Fetches programs that leases need and lets go of those that none has needed for a while. */
export function tendJobs({ state, effects, now }: Step): void {
  for (const job of state.jobs.values()) {
    if (job.leases > 0) {
      if (job.program !== 'absent') continue;
      job.program = 'fetching';
      effects.push({ type: 'fetch', job: job.view });
    } else if (job.program === 'ready' && now - job.idleSince >= JOB_KEEP_MS) {
      job.program = 'absent';
      effects.push({ type: 'release', job: job.view.id });
    }
  }
}

/** A new connection sends every job again before its first lease. */
export function forgetIdleJobs({ state }: Step): void {
  const loaded = new Set([...state.slots.values()].map((slot) => slot.job));
  for (const [id, job] of state.jobs)
    if (job.leases === 0 && job.program === 'absent' && !loaded.has(id)) state.jobs.delete(id);
}

/** Learns from a report how long a shard takes: the mean of the recent past. */
export function learnShardTime(job: JobRecord, micros: number, shards: number): void {
  // Coarse clocks measure nothing for a few tiny shards: half a microsecond is as fast as it gets.
  const measured = Math.max(micros / shards, 0.5);
  // A report of many shards says more than one of a single shard.
  const weight = Math.max(0.2, Math.min(1, shards / 1000));
  job.shardMicros =
    job.shardMicros === null ? measured : job.shardMicros + weight * (measured - job.shardMicros);
}
