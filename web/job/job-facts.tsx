import type { Job } from '../../shared/api/schemas.ts';
import { job } from '../text/en/job.ts';
import { formatCount, formatDuration, formatRate } from '../text/format.ts';
import css from './job-facts.module.css';

const text = job.facts;

/** The figures of a job. */
export function JobFacts({ job }: { job: Job }) {
  const { counts, shards } = job;
  const running = job.state === 'running';
  const rate = formatRate(job.rate);
  return (
    <dl className={css.facts}>
      <Fact name={text.done} value={formatCount(counts.done)} more={text.of(shards)} />
      {counts.failed > 0 && <Fact name={text.failed} value={formatCount(counts.failed)} />}
      {running && (
        <>
          <Fact
            name={text.rate}
            value={rate.value}
            more={rate.unit === 'second' ? text.perSecond : text.perMinute}
          />
          <Fact
            name={text.left}
            value={job.remainingMs === null ? '–' : formatDuration(job.remainingMs)}
            more={job.remainingMs === null ? text.leftUnknown : text.atThisRate}
          />
          <Fact name={text.nodes} value={formatCount(job.nodes)} />
        </>
      )}
      {job.endedAt !== null && (
        <Fact name={text.took} value={formatDuration(job.endedAt - job.createdAt)} />
      )}
      <Fact name={text.compute} value={formatDuration(job.computeMs)} more={text.computeHelp} />
    </dl>
  );
}

function Fact({ name, value, more }: { name: string; value: string; more?: string }) {
  return (
    <div>
      <dt className={css.name}>{name}</dt>
      <dd className={css.value}>{value}</dd>
      {more && <dd className={css.more}>{more}</dd>}
    </div>
  );
}
