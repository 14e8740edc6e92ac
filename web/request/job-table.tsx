import { Link } from 'wouter';
import type { Job, ShardCounts } from '../../shared/api/schemas.ts';
import { stageNow, wholeState } from '../../shared/api/whole.ts';
import { job as jobText } from '../text/en/job.ts';
import { request } from '../text/en/request.ts';
import { formatDuration } from '../text/format.ts';
import { Age } from '../ui/age.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import css from './job-table.module.css';

const text = request.jobs;

/** Jobs with their states, the newest first. */
export function JobTable({ jobs }: { jobs: readonly Job[] }) {
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">{text.name}</th>
          <th scope="col">{text.state}</th>
          <th scope="col">{text.progress}</th>
          <th scope="col">{text.posted}</th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <tr key={job.id}>
            <th scope="row">
              <Link href={`/jobs/${job.id}`}>{job.spec.name}</Link>
            </th>
            <td>
              <StateBadge state={wholeState(job)} />
            </td>
            <td>
              <ProgressBar {...progressOf(job)} />
              <span className={css.small}>{sayProgress(job)}</span>
            </td>
            <td className={css.small}>
              <Age at={job.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Of the job; of the stage at which it is, where it is one in stages. */
function progressOf(job: Job): { counts: ShardCounts; shards: number } {
  const stage = stageNow(job);
  if (!stage || stage.id === job.id) return job;
  const { shards, done, failed } = stage;
  return { shards, counts: { done, failed, active: 0, waiting: shards - done - failed } };
}

function sayProgress(job: Job): string {
  const { counts, shards } = progressOf(job);
  const parts = [text.doneOf(counts.done, shards)];
  if (job.stage) parts.unshift(jobText.stages.place(stageNow(job)?.number ?? 1, job.stage.of));
  if (counts.failed > 0) parts.push(text.failed(counts.failed));
  // How long a stage takes says nothing about those behind it.
  if (!job.stage && job.state === 'running' && job.remainingMs !== null)
    parts.push(text.left(formatDuration(job.remainingMs)));
  return parts.join(', ');
}
