import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import { blobsOf } from '../../shared/api/contents.ts';
import type { Job } from '../../shared/api/schemas.ts';
import { useClient } from '../api/client-context.ts';
import { common } from '../text/en/common.ts';
import { job as jobText } from '../text/en/job.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { DirectField } from './outputs.tsx';
import { ResultsTable } from './results-table.tsx';
import css from './results-view.module.css';

const text = jobText.results;
/** Rows of a page: all of them are read by a person or none. */
const ROWS = 50;
const EVERY_MS = 2_000;

/** Results page by page, in the order in which they were decided; where the page begins is in the address. */
export function ResultsView({ job }: { job: Job }) {
  const client = useClient();
  const [search, setSearch] = useSearchParams();
  const after = search.get('after');
  const running = job.state === 'running';
  const { done, failed } = job.counts;
  const page = useQuery({
    queryKey: ['results', job.id, after, running ? 'running' : `${job.state} ${done} ${failed}`],
    queryFn: ({ signal }) => client.results(job.id, after, ROWS, signal),
    // A page that is full does not change; the last one grows.
    refetchInterval: ({ state }) => (running && !state.data?.next ? EVERY_MS : false),
    placeholderData: keepPreviousData,
  });
  const goTo = (cursor: string | null) =>
    setSearch({ view: 'results', ...(cursor !== null && { after: cursor }) });

  if (page.error) return <Notice kind="bad">{page.error.message}</Notice>;
  if (!page.data) return <p role="status">{common.loading}</p>;
  const { rows, next } = page.data;
  if (rows.length === 0 && after === null) return <p className={css.none}>{text.none}</p>;
  return (
    <>
      {rows.some((row) => blobsOf(row).length > 0) && (
        <div className={css.direct}>
          <DirectField />
        </div>
      )}
      <ResultsTable rows={rows} />
      <div className={css.pages}>
        <Button disabled={after === null} onClick={() => goTo(null)}>
          {text.first}
        </Button>
        <Button disabled={next === null} onClick={() => goTo(next)}>
          {text.more}
        </Button>
      </div>
    </>
  );
}
