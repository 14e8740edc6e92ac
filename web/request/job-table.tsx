import { Link } from 'wouter';
import type { Job } from '../../shared/api/schemas.ts';
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
              <StateBadge state={job.state} />
            </td>
            <td>
              <ProgressBar counts={job.counts} shards={job.shards} />
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

function sayProgress({ counts, shards, remainingMs, state }: Job): string {
  const parts = [text.doneOf(counts.done, shards)];
  if (counts.failed > 0) parts.push(text.failed(counts.failed));
  if (state === 'running' && remainingMs !== null)
    parts.push(text.left(formatDuration(remainingMs)));
  return parts.join(', ');
}
