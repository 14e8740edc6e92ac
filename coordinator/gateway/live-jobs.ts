import type { Project } from '../../shared/api/schemas.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import type { JobNumber } from '../scheduler/events.ts';
import type { SchedulerViews } from '../scheduler/views.ts';
import type { CommitBatch, JobRow } from '../store/store.ts';
import type { JobProgress } from './live.ts';
import { endedProgress, LiveJob } from './live-job.ts';

/** The running jobs. */
export class LiveJobs {
  readonly #byNumber = new Map<JobNumber, LiveJob>();

  has(job: JobNumber): boolean {
    return this.#byNumber.has(job);
  }

  get(job: JobNumber): LiveJob | undefined {
    return this.#byNumber.get(job);
  }

  /** @param blobs those of the job that are worth fetching from peers */
  add(row: JobRow, projects: readonly Project[], blobs: readonly BlobRef[]): LiveJob {
    const project = projects.find(({ id }) => id === row.spec.project);
    const job = new LiveJob(row, project?.name ?? '', blobs);
    this.#byNumber.set(row.number, job);
    return job;
  }

  remove(job: JobNumber): void {
    this.#byNumber.delete(job);
  }

  /** Counts what just became durable. */
  committed(batch: CommitBatch, now: number): void {
    for (const { claim, results } of batch.submissions)
      this.#byNumber.get(claim.job)?.addComputing(results.computeMicros);
    for (const record of batch.verdicts) this.#byNumber.get(record.job)?.addVerdicts(record, now);
  }

  /** Of a running or an ended job. */
  progress(row: JobRow, views: SchedulerViews, now: number): JobProgress {
    const job = this.#byNumber.get(row.number);
    if (!job) return endedProgress(row);
    const activity = {
      active: views.active(row.number),
      nodes: views.nodes(row.number),
      stalled: views.stalled(row.number),
    };
    return job.progress(activity, now);
  }

  /** How many run for each project, by its id; those without one under the empty string. */
  byProject(): Map<string, number> {
    const active = new Map<string, number>();
    for (const { row } of this.#byNumber.values()) {
      const project = row.spec.project ?? '';
      active.set(project, (active.get(project) ?? 0) + 1);
    }
    return active;
  }
}
