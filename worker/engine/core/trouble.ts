import { outputDigest } from '../../../shared/verdict/digest.ts';
import { Outcome } from '../../../shared/verdict/outcome.ts';
import type { SlotNumber } from '../events.ts';
import { jobOfLease } from './jobs.ts';
import { renounceJob } from './leases.ts';
import { MAX_LOAD_FAILURES, TROUBLE_LIMIT_MS, TROUBLE_MS } from './limits.ts';
import { cutBatch } from './ranges.ts';
import { record, recordLost } from './results.ts';
import { killSlot, leaseOfRun } from './slots.ts';
import type { Lease, Slot, Step } from './state.ts';

/**
 * Programs that cannot be had, cannot be loaded or break whatever loads them. A program that can
 * never run is an answer that replicas agree on; anything else is this machine's trouble, so its
 * leases go back and this node rests before it asks for more.
 */

/** The runner could not make the program ready. */
export function loadFailed(
  step: Step,
  number: SlotNumber,
  load: number,
  code: string,
  message: string,
): void {
  const slot = step.state.slots.get(number);
  if (slot?.state !== 'loading' || slot.load !== load) return;
  const job = slot.job === null ? undefined : step.state.jobs.get(slot.job);
  if (code === 'PROGRAM_INVALID') {
    if (job) job.invalid = message;
  } else loadBroke(step, slot, message);
  slot.state = 'ready';
  slot.job = null;
  slot.heardAt = step.now;
}

/** Loading did not end, or took the sandbox down: after some attempts the job is given up here. */
export function loadBroke(step: Step, slot: Slot, reason: string): void {
  const job = slot.job === null ? undefined : step.state.jobs.get(slot.job);
  if (!job || ++job.loadFailures < MAX_LOAD_FAILURES) return;
  job.loadFailures = 0;
  // One failed attempt tells the requester what happens here, without using up every shard's.
  for (const lease of step.state.leases.values()) {
    if (lease.job !== job.view.id || lease.pendingShards === 0) continue;
    const { first } = cutBatch(step, lease, lease.pending[0], 1);
    recordLost(step, lease, first, Outcome.crashed, reason);
    break;
  }
  giveUpJob(step, job.view.id, 'PROGRAM_BROKEN', reason);
}

/** The program or a blob of it could not be fetched. */
export function fetchFailed(
  step: Step,
  id: string,
  message: string,
  code = 'DOWNLOAD_FAILED',
): void {
  const job = step.state.jobs.get(id);
  if (job?.program !== 'fetching') return;
  job.program = 'absent';
  giveUpJob(step, id, code, message);
}

/** The content of file-backed shards could not be fetched. */
export function stageFailed(
  step: Step,
  lease: Lease,
  message: string,
  code = 'DOWNLOAD_FAILED',
): void {
  giveUpJob(step, lease.job, code, message);
}

/** A result cannot be kept here: others run what this node cannot, which costs no shard an attempt. */
export function keepFailed(
  step: Step,
  number: SlotNumber,
  batch: number,
  code: string,
  message: string,
): void {
  const slot = step.state.slots.get(number);
  const run = slot?.queue[0];
  if (!slot || run?.batch !== batch) return;
  const lease = leaseOfRun(step.state, run);
  killSlot(step, slot, { by: 'engine' });
  if (lease) giveUpJob(step, lease.job, code, message);
}

function giveUpJob(step: Step, job: string, code: string, message: string): void {
  const { demand } = step.state;
  renounceJob(step, job);
  const pause = TROUBLE_MS * 2 ** demand.troubles++;
  demand.restUntil = step.now + Math.min(pause, TROUBLE_LIMIT_MS);
  step.state.problem = { code, message };
}

/** Answers every pending shard of a program that can never run. */
export function answerInvalid(step: Step): void {
  for (const lease of step.state.leases.values()) {
    if (lease.pendingShards === 0) continue;
    const job = jobOfLease(step.state, lease);
    if (job.invalid === null) continue;
    while (lease.pending.length > 0) answerRange(step, lease, job.invalid);
  }
}

function answerRange(step: Step, lease: Lease, message: string): void {
  const { first, count } = cutBatch(step, lease, lease.pending[0], lease.pendingShards);
  lease.runningShards -= count;
  const digest = outputDigest(Outcome.invalidProgram, new Uint8Array(0));
  const digests = new Uint8Array(count * digest.length);
  for (let k = 0; k < count; k++) digests.set(digest, k * digest.length);
  record(step, lease, {
    first,
    count,
    statuses: new Uint8Array(count).fill(Outcome.invalidProgram),
    digests,
    lengths: new Uint32Array(count),
    outputs: new Uint8Array(0),
    details: [{ at: 0, message, stderr: '' }],
    computeMicros: 0,
  });
}
