import { Link, useParams } from 'wouter';
import { common } from '../text/en/common.ts';
import { job as text } from '../text/en/job.ts';
import { formatMoment } from '../text/format.ts';
import { Notice } from '../ui/notice.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { useTitle } from '../ui/use-title.ts';
import { JobFacts } from './job-facts.tsx';
import { JobHead } from './job-head.tsx';
import { JobViews } from './job-views.tsx';
import { MosaicSection } from './mosaic-section.tsx';
import { Outputs } from './outputs.tsx';
import css from './page.module.css';
import { ShardDrawer } from './shard-drawer.tsx';
import { Stages } from './stages.tsx';
import { type SeenJob, useJob } from './use-job.ts';

/** One job: how it goes, what came of it, and the ways to steer it. */
export default function JobPage() {
  const { id } = useParams<{ id: string }>();
  const { seen, again } = useJob(id);
  const { job } = seen;
  useTitle(job?.spec.name ?? '');
  return (
    <div className={css.page}>
      <p>
        <Link href="/request">← {text.back}</Link>
      </p>
      {seen.error && (
        <Notice kind="bad">{seen.error.status === 404 ? text.missing : seen.error.message}</Notice>
      )}
      {!job && !seen.error && <p role="status">{seen.stale ? common.offline : common.loading}</p>}
      {job && (
        <>
          <JobHead job={job} />
          <Trouble seen={seen} />
          <Stages job={job} />
          <ProgressBar counts={job.counts} shards={job.shards} />
          <JobFacts job={job} />
          <MosaicSection job={job} />
          <Outputs job={job.id}>
            <JobViews job={job} onRetried={again} />
          </Outputs>
          <ShardDrawer job={job} />
        </>
      )}
    </div>
  );
}

/** What keeps the job, or the news of it, from going on. */
function Trouble({ seen }: { seen: SeenJob }) {
  const stalled = seen.job?.state === 'running' ? seen.job.stalled : null;
  return (
    <div role="status">
      {seen.stale && (
        <Notice kind="warm" title={`${text.stale} ${formatMoment(seen.heardAt)}`}>
          {text.staleHelp}
        </Notice>
      )}
      {stalled && !seen.stale && <Notice kind="warm">{text.stalled[stalled]}</Notice>}
    </div>
  );
}
