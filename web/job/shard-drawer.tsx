import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useSearchParams } from 'wouter';
import type { Job, ShardDetail } from '../../shared/api/schemas.ts';
import { useClient } from '../api/client-context.ts';
import { common } from '../text/en/common.ts';
import { job as jobText } from '../text/en/job.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Replica } from './replica.tsx';
import css from './shard-drawer.module.css';

const text = jobText.shard;

/** The shard that the address names, beside the page: who computed it and what they answered. */
export function ShardDrawer({ job }: { job: Job }) {
  const client = useClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const [search, setSearch] = useSearchParams();
  const asked = search.get('shard');
  const shard = asked !== null && /^\d{1,16}$/.test(asked) ? Number(asked) : null;
  const open = shard !== null && shard < job.shards;
  const detail = useQuery({
    queryKey: ['shard', job.id, shard, job.counts.done, job.counts.failed],
    queryFn: ({ signal }) => client.shard(job.id, shard ?? 0, signal),
    enabled: open,
    placeholderData: (old) => (old?.shard === shard ? old : undefined),
  });

  useEffect(() => {
    const element = dialog.current;
    if (open && !element?.open) element?.showModal();
    if (!open) element?.close();
  }, [open]);
  const close = () =>
    setSearch((now) => {
      now.delete('shard');
      return now;
    });

  return (
    <dialog ref={dialog} className={css.drawer} aria-labelledby="shard" onClose={close}>
      <div className={css.head}>
        <h2 id="shard">{text.title(shard ?? 0)}</h2>
        <Button onClick={close}>{common.close}</Button>
      </div>
      {detail.error && <Notice kind="bad">{detail.error.message}</Notice>}
      {detail.data ? (
        <Replicas detail={detail.data} />
      ) : (
        !detail.error && <p role="status">{common.loading}</p>
      )}
    </dialog>
  );
}

function Replicas({ detail }: { detail: ShardDetail }) {
  return (
    <>
      <p>
        {text.state}: <strong>{jobText.mosaic.states[detail.state]}</strong>
      </p>
      <h3>{text.replicas}</h3>
      {detail.replicas.length === 0 && <p>{text.none}</p>}
      <ul className={css.replicas}>
        {detail.replicas.map((replica) => (
          <Replica key={`${replica.node} ${replica.at} ${replica.signature}`} replica={replica} />
        ))}
      </ul>
      {detail.replicas.length > 0 && <p className={css.why}>{text.why}</p>}
    </>
  );
}
