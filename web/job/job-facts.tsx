import type { Job } from '../../shared/api/schemas.ts';
import { job } from '../text/en/job.ts';
import { formatCount, formatDuration, formatRate } from '../text/format.ts';
import { Figure } from '../ui/figure.tsx';
import css from './job-facts.module.css';

const text = job.facts;

/** The figures of a job. */
export function JobFacts({ job }: { job: Job }) {
  const { counts, shards } = job;
  const running = job.state === 'running';
  const rate = formatRate(job.rate);
  return (
    <dl className={css.facts}>
      <Figure name={text.done} value={formatCount(counts.done)} more={text.of(shards)} />
      {counts.failed > 0 && <Figure name={text.failed} value={formatCount(counts.failed)} />}
      {running && (
        <>
          <Figure
            name={text.rate}
            value={rate.value}
            more={rate.unit === 'second' ? text.perSecond : text.perMinute}
          />
          <Figure
            name={text.left}
            value={job.remainingMs === null ? '–' : formatDuration(job.remainingMs)}
            more={job.remainingMs === null ? text.leftUnknown : text.atThisRate}
          />
          <Figure name={text.nodes} value={formatCount(job.nodes)} />
        </>
      )}
      {job.endedAt !== null && (
        <Figure name={text.took} value={formatDuration(job.endedAt - job.createdAt)} />
      )}
      <Figure name={text.compute} value={formatDuration(job.computeMs)} more={text.computeHelp} />
    </dl>
  );
}
