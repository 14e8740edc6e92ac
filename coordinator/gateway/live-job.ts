import type { Job } from '../../shared/api/schemas.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import { toJobView } from '../../shared/job/to-view.ts';
import type { JobView } from '../../shared/job/view.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import type { Placement, ScheduledJob, VerdictRecord } from '../scheduler/events.ts';
import type { JobRow } from '../store/store.ts';
import type { JobProgress } from './live.ts';
import { Rate } from './rate.ts';

/** Long enough to smooth over submissions of whole leases, short enough to follow changes. */
const RATE_SECONDS = 10;

/** A running job as the dispatcher holds it: counts are of what is durable. */
export class LiveJob {
  readonly row: JobRow;
  readonly view: JobView;
  readonly #rate = new Rate(RATE_SECONDS);
  #done: number;
  #failed: number;
  #computeMicros: number;

  constructor(row: JobRow, projectName: string, blobs: readonly BlobRef[]) {
    this.row = row;
    const { previous = null, next = null } = row.stage ?? {};
    const facts = { ...row, previous, project: projectName, feedsStage: next !== null, blobs };
    this.view = toJobView(row.spec, facts);
    this.#done = row.done;
    this.#failed = row.failed;
    this.#computeMicros = row.computeMicros;
  }

  addVerdicts(record: VerdictRecord, now: number): void {
    for (const status of record.statuses)
      if (status === Outcome.ok) this.#done++;
      else this.#failed++;
    this.#rate.add(record.statuses.length, now);
  }

  addComputing(micros: number): void {
    this.#computeMicros += micros;
  }

  /** Decided shards were opened again. */
  reopen(were: 'done' | 'failed', shards: number): void {
    if (were === 'done') this.#done -= shards;
    else this.#failed -= shards;
  }

  counts(): { done: number; failed: number } {
    return { done: this.#done, failed: this.#failed };
  }

  /** @param now what the scheduler knows of it */
  progress(
    activity: { active: number; nodes: number; stalled: Job['stalled'] },
    now: number,
  ): JobProgress {
    const decided = this.#done + this.#failed;
    const active = Math.min(activity.active, this.row.shards - decided);
    const rate = this.#rate.perSecond(now);
    return {
      counts: {
        waiting: this.row.shards - decided - active,
        active,
        done: this.#done,
        failed: this.#failed,
      },
      rate,
      remainingMs: rate > 0 ? ((this.row.shards - decided) / rate) * 1000 : null,
      nodes: activity.nodes,
      computeMs: this.#computeMicros / 1000,
      stalled: activity.stalled,
    };
  }
}

/** Progress of a job that has ended. */
export function endedProgress(row: JobRow): JobProgress {
  return {
    counts: {
      waiting: row.shards - row.done - row.failed,
      active: 0,
      done: row.done,
      failed: row.failed,
    },
    rate: 0,
    remainingMs: null,
    nodes: 0,
    computeMs: row.computeMicros / 1000,
    stalled: null,
  };
}

/** The scheduler's part of a job. */
export function toScheduledJob(row: JobRow, placement?: Placement): ScheduledJob {
  const { spec } = row;
  return {
    job: row.number,
    requester: row.requester,
    project: spec.project ?? '',
    kind: spec.program.kind,
    memoryMiB: spec.limits.memoryMiB,
    timeMs: spec.limits.timeMs,
    shards: row.shards,
    blockShards: row.blockShards,
    replication: spec.replication,
    networks: spec.networks,
    deadline: spec.deadline ?? null,
    priority: spec.priority,
    createdAt: row.createdAt,
    ...(placement && { placement }),
  };
}
