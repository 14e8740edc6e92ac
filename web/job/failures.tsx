import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import type { Job } from '../../shared/api/schemas.ts';
import { useClient } from '../api/client-context.ts';
import { common } from '../text/en/common.ts';
import { job as jobText } from '../text/en/job.ts';
import { Button } from '../ui/button.tsx';
import { ContentView } from '../ui/content-view.tsx';
import { Notice } from '../ui/notice.tsx';
import { outcomeText } from './content.ts';
import css from './failures.module.css';
import { ShardLink } from './shard-link.tsx';

const text = jobText.failures;

interface FailuresProps {
  job: Job;
  onRetried(): void;
}

/** Shards that failed, each with its reason and the way to try it again. */
export function Failures({ job, onRetried }: FailuresProps) {
  const client = useClient();
  const { failed } = job.counts;
  const failures = useInfiniteQuery({
    queryKey: ['failures', job.id, failed],
    queryFn: ({ pageParam, signal }) => client.failures(job.id, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
  const retry = useMutation({
    mutationFn: (shards?: number[]) => client.retry(job.id, shards),
    onSuccess: onRetried,
  });
  const canRetry = job.state === 'running' || job.state === 'done';

  if (failed === 0) {
    return <p role="status">{retry.data === undefined ? text.none : text.retried(retry.data)}</p>;
  }
  const found = (failures.data?.pages ?? []).flatMap((page) => page.failures);
  return (
    <div className={css.failures}>
      {canRetry && (
        <div className={css.row}>
          <Button
            busy={retry.isPending && retry.variables === undefined}
            onClick={() => retry.mutate(undefined)}
          >
            {text.retryAll(failed)}
          </Button>
          <p role="status">{retry.data !== undefined && text.retried(retry.data)}</p>
        </div>
      )}
      {[failures.error, retry.error].map(
        (error) =>
          error && (
            <Notice key={error.message} kind="bad">
              {error.message}
            </Notice>
          ),
      )}
      {failures.isPending && <p role="status">{common.loading}</p>}
      <ul className={css.list}>
        {found.map((failure) => (
          <li key={failure.cursor} className={css.failure}>
            <div className={css.row}>
              <h3>
                {jobText.results.shard} <ShardLink shard={failure.shard} />
              </h3>
              <p className={css.outcome}>{outcomeText(failure.outcome)}</p>
              {canRetry && (
                <Button
                  look="bare"
                  aria-label={text.retryShard(failure.shard)}
                  onClick={() => retry.mutate([failure.shard])}
                >
                  {text.retry}
                </Button>
              )}
            </div>
            {failure.message !== '' && <p className={css.message}>{failure.message}</p>}
            {failure.stderr !== '' && <ContentView label={text.stderr} content={failure.stderr} />}
          </li>
        ))}
      </ul>
      {failures.hasNextPage && (
        <Button busy={failures.isFetchingNextPage} onClick={() => void failures.fetchNextPage()}>
          {text.more}
        </Button>
      )}
    </div>
  );
}
