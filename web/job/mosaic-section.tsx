import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Job } from '../../shared/api/schemas.ts';
import { useClient } from '../api/client-context.ts';
import { job as jobText } from '../text/en/job.ts';
import { formatCount } from '../text/format.ts';
import { useWidth } from '../ui/use-width.ts';
import css from './mosaic.module.css';
import { MosaicView } from './mosaic.tsx';
import { cellsFor } from './mosaic-layout.ts';

const text = jobText.mosaic;
const STATES = ['waiting', 'active', 'done', 'failed'] as const;
/** As often as one can follow with the eye. */
const EVERY_MS = 1_500;

/** All shards of a job by state: a picture, and the same in numbers. */
export function MosaicSection({ job }: { job: Job }) {
  const client = useClient();
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const cells = cellsFor(job.shards, width);
  const running = job.state === 'running';
  const { done, failed } = job.counts;
  const mosaic = useQuery({
    // A job that has ended is read once more, and again when a retry has changed it.
    queryKey: ['mosaic', job.id, cells, running ? 'running' : `${job.state} ${done} ${failed}`],
    queryFn: ({ signal }) => client.mosaic(job.id, cells, signal),
    enabled: width > 0,
    refetchInterval: running ? EVERY_MS : false,
    placeholderData: keepPreviousData,
  });
  return (
    <section className={css.section} aria-labelledby="mosaic">
      <div className={css.head}>
        <h2 id="mosaic">{text.title}</h2>
        <dl className={css.legend} aria-label={text.summary}>
          {STATES.map((state) => (
            <div key={state} className={css.entry} data-state={state}>
              <dt>{text.states[state]}</dt>
              <dd>{formatCount(job.counts[state])}</dd>
            </div>
          ))}
        </dl>
      </div>
      <div ref={place} className={css.place}>
        {mosaic.data && width > 0 && (
          <MosaicView mosaic={mosaic.data} shards={job.shards} width={width} />
        )}
      </div>
      <p className={css.help}>
        {mosaic.data && text.perCell(mosaic.data.perCell)} {text.help}
      </p>
      {mosaic.error && <p role="alert">{mosaic.error.message}</p>}
    </section>
  );
}
