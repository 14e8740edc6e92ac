import { DIGEST_BYTES } from '../../../shared/verdict/digest.ts';
import { isTransient, outcomeName } from '../../../shared/verdict/outcome.ts';
import type { BatchReport } from '../../sandbox/runner.ts';
import type { SlotNumber } from '../events.ts';
import { forgetCheckpoint } from './checkpoints.ts';
import { jobOfSlot, learnShardTime } from './jobs.ts';
import { OUTPUT_SLACK_BYTES } from './limits.ts';
import { record } from './results.ts';
import { killSlot, leaseOfRun } from './slots.ts';
import type { JobRecord, Run, Step } from './state.ts';

/**
 * Takes in what a slot computed. The sandbox runs strangers' code, so a report that does not fit
 * its batch is as good as a sandbox that broke.
 */
export function takeReport(
  step: Step,
  number: SlotNumber,
  report: BatchReport,
  digests: Uint8Array<ArrayBuffer>,
): void {
  const slot = step.state.slots.get(number);
  const run = slot?.queue[0];
  // A report of a batch that was taken away crossed with the kill.
  if (!slot || !run || run.batch !== report.batch) return;
  const job = jobOfSlot(step.state, slot);
  if (!fits(report, digests, run, job)) {
    killSlot(step, slot, { by: 'death', reason: 'The sandbox sent a report that does not fit.' });
    return;
  }
  const { first, count, statuses, lengths, outputs, details, computeMicros } = report;
  learnShardTime(job, computeMicros, count);
  step.state.demand.troubles = 0;
  run.next = first + count;
  if (run.next === run.end) slot.queue.shift();
  slot.heardAt = step.now;
  const lease = leaseOfRun(step.state, run);
  if (!lease) return;
  lease.runningShards -= count;
  for (let k = 0; k < count && step.state.checkpoints.size > 0; k++)
    forgetCheckpoint(step, lease.job, first + k);
  record(step, lease, {
    first,
    count,
    statuses,
    digests,
    lengths,
    outputs,
    details,
    computeMicros,
  });
}

function fits(
  report: BatchReport,
  digests: Uint8Array<ArrayBuffer>,
  run: Run,
  job: JobRecord,
): boolean {
  const { first, count, statuses, lengths, outputs, details, computeMicros } = report;
  if (first !== run.next || !(count >= 1) || first + count > run.end) return false;
  if (statuses.length !== count || lengths.length !== count) return false;
  if (digests.length !== count * DIGEST_BYTES) return false;
  if (
    !(computeMicros >= 0 && computeMicros < Number.MAX_SAFE_INTEGER / count) ||
    !details.every(({ at }) => at >= 0 && at < count)
  )
    return false;
  const most = job.view.limits.outputBytes + OUTPUT_SLACK_BYTES;
  let bytes = 0;
  for (let k = 0; k < count; k++) {
    if (lengths[k] > most || outcomeName(statuses[k]) === undefined) return false;
    if (lengths[k] > 0 && isTransient(statuses[k])) return false;
    bytes += lengths[k];
  }
  return bytes === outputs.length;
}
