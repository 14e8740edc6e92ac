import type { JobNumber } from '../../scheduler/events.ts';
import type { CommitBatch } from '../store.ts';
import type { BlockChange } from './blocks.ts';
import { countFailed } from './verdicts.ts';

/** What a batch adds to a job's totals. */
export interface JobChange {
  done: number;
  failed: number;
  computeMicros: number;
}

/** The batch summed by block and by job, so that each of their rows is written once. */
export function changesOf(batch: CommitBatch): {
  blocks: Iterable<BlockChange>;
  jobs: Map<JobNumber, JobChange>;
} {
  const blocks = new Map<string, BlockChange>();
  const jobs = new Map<JobNumber, JobChange>();
  const blockOf = ({ job, block }: { job: JobNumber; block: number }): BlockChange => {
    const change = blocks.get(`${job}/${block}`);
    if (!change) throw new RangeError(`block ${block} of job ${job} is not among the claims`);
    return change;
  };
  const jobOf = (job: JobNumber): JobChange => {
    let change = jobs.get(job);
    if (!change) {
      change = { done: 0, failed: 0, computeMicros: 0 };
      jobs.set(job, change);
    }
    return change;
  };

  for (const claim of batch.claims)
    blocks.set(`${claim.job}/${claim.block}`, { ...claim, done: 0, failed: 0, finished: false });
  for (const { claim, results } of batch.submissions) {
    blockOf(claim);
    jobOf(claim.job).computeMicros += results.computeMicros;
  }
  for (const record of batch.verdicts) {
    const failed = countFailed(record);
    for (const change of [blockOf(record), jobOf(record.job)]) {
      change.failed += failed;
      change.done += record.statuses.length - failed;
    }
  }
  for (const finished of batch.finished) blockOf(finished).finished = true;
  return { blocks: blocks.values(), jobs };
}
