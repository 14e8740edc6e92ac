import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useClient } from '../api/client-context.ts';
import { signOut } from '../api/token.ts';
import { common } from '../text/en/common.ts';
import { request } from '../text/en/request.ts';
import buttonCss from '../ui/button.module.css';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Notice } from '../ui/notice.tsx';
import { useTitle } from '../ui/use-title.ts';
import { JobTable } from './job-table.tsx';
import css from './jobs-page.module.css';
import { SampleCards } from './sample-cards.tsx';

const text = request.jobs;
/** The list shows states, not each shard. */
const EVERY_MS = 5_000;

/** All jobs of whoever is signed in. */
export function JobsPage() {
  useTitle(text.title);
  const client = useClient();
  const me = useQuery({ queryKey: ['me'], queryFn: ({ signal }) => client.me(signal) });
  const jobs = useQuery({
    queryKey: ['jobs'],
    queryFn: ({ signal }) => client.jobs(signal),
    refetchInterval: EVERY_MS,
  });
  return (
    <div className={css.page}>
      <div className={css.head}>
        <h1>{text.title}</h1>
        <Link href="/request/new" className={classes(buttonCss.button, buttonCss.main)}>
          {text.create}
        </Link>
      </div>
      {jobs.error && (
        <Notice kind="bad">
          <p>{jobs.error.message}</p>
          <Button onClick={() => void jobs.refetch()}>{common.retry}</Button>
        </Notice>
      )}
      {jobs.isPending && <p role="status">{common.loading}</p>}
      {jobs.data && jobs.data.length > 0 && <JobTable jobs={jobs.data} />}
      {jobs.data?.length === 0 && <p className={css.empty}>{text.empty}</p>}
      <section className={css.samples} aria-labelledby="samples">
        <h2 id="samples">{text.samples}</h2>
        <SampleCards />
      </section>
      <p className={css.who}>
        {me.data && request.signedInAs(me.data.name)}{' '}
        <Button look="bare" onClick={signOut}>
          {request.signOut}
        </Button>
      </p>
    </div>
  );
}
