import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Job } from '../../shared/api/schemas.ts';
import { isEnded, wholeState } from '../../shared/api/whole.ts';
import { useClient } from '../api/client-context.ts';
import { job as text } from '../text/en/job.ts';
import { Age } from '../ui/age.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { cancelCounts } from './cancel-counts.ts';
import { Downloads } from './downloads.tsx';
import css from './job-head.module.css';

/** A job's name and state, the downloads, and the way to end it. */
export function JobHead({ job }: { job: Job }) {
  const client = useClient();
  const [asking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => client.cancel(job.id),
    onSuccess: () => setAsking(false),
  });
  const { done, failed } = job.counts;
  const { kept, lost } = cancelCounts(job);
  // The first stage stands for the whole: while any stage is open, it can be cancelled there.
  const state = job.stage?.first === job.id ? wholeState(job) : job.state;
  return (
    <header className={css.head}>
      <div className={css.words}>
        <h1 className={css.name}>{job.spec.name}</h1>
        <p className={css.line}>
          <StateBadge state={state} />
          <span>
            {text.posted} <Age at={job.createdAt} />
          </span>
          <code className={css.id}>{job.id}</code>
        </p>
      </div>
      <div className={css.actions}>
        {done + failed > 0 && <Downloads job={job} />}
        {!isEnded(state) && <Button onClick={() => setAsking(true)}>{text.cancel.button}</Button>}
      </div>
      <ConfirmDialog
        open={asking}
        title={text.cancel.title}
        confirm={text.cancel.confirm}
        keep={text.cancel.keep}
        busy={cancel.isPending}
        onConfirm={() => cancel.mutate()}
        onKeep={() => setAsking(false)}
      >
        <p>{text.cancel.body(kept, lost)}</p>
        {cancel.error && <Notice kind="bad">{cancel.error.message}</Notice>}
      </ConfirmDialog>
    </header>
  );
}
