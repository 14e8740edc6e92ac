import { Link } from 'wouter';
import type { Job } from '../../shared/api/schemas.ts';
import { standstill } from '../../shared/api/whole.ts';
import { job as jobText } from '../text/en/job.ts';
import { request } from '../text/en/request.ts';
import { Notice } from '../ui/notice.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import css from './stages.module.css';

const text = jobText.stages;

/** The stages of a job, each a job of its own, with the one that is shown marked. */
export function Stages({ job: { id, stage } }: { job: Job }) {
  if (!stage) return null;
  const stuck = standstill({ stage });
  const last = stage.all[stage.of - 1];
  const waits = stuck ?? stage.all[stage.number - 1]?.waits;
  return (
    <nav className={css.stages} aria-label={text.heading}>
      <h2 className={css.heading}>{text.place(stage.number, stage.of)}</h2>
      <ol className={css.list}>
        {stage.all.map((one) => (
          <li key={one.id} className={css.stage}>
            <Link href={`/jobs/${one.id}`} aria-current={one.id === id ? 'page' : undefined}>
              {text.name(one.number, one.name)}
            </Link>
            <StateBadge state={one.state} />
            <span className={css.soft}>
              {request.jobs.doneOf(one.done, one.shards)}
              {one.failed > 0 && `, ${request.jobs.failed(one.failed)}`}
            </span>
          </li>
        ))}
      </ol>
      {last.state === 'done' && last.id !== id && (
        <p className={css.soft}>
          {text.results} <Link href={`/jobs/${last.id}`}>{last.name}</Link>
        </p>
      )}
      {waits && <Notice kind={stuck ? 'warm' : 'quiet'}>{waits.message}</Notice>}
    </nav>
  );
}
