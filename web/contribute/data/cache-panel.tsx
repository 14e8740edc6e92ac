import { useState } from 'react';
import type { SwarmView } from '../../../worker/swarm/swarm-view.ts';
import { data as text } from '../../text/en/data.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import css from './data.module.css';

interface CachePanelProps {
  cache: SwarmView['cache'];
  onEmpty(): void;
}

/** What the cache holds, where, and the way to empty it. */
export function CachePanel({ cache, onEmpty }: CachePanelProps) {
  const [asking, setAsking] = useState(false);
  const [emptied, setEmptied] = useState(false);
  const { bytes, quotaBytes, place, neededBytes } = cache;
  return (
    <div className={css.cache}>
      <p>
        {text.cacheUsed(bytes, quotaBytes)} {text.place[place]}
      </p>
      {neededBytes > 0 && <p className={css.soft}>{text.needed(neededBytes)}</p>}
      <div>
        <Button onClick={() => setAsking(true)}>{text.empty}</Button>
      </div>
      <p role="status" className={css.soft}>
        {emptied ? text.emptied : ''}
      </p>
      <ConfirmDialog
        open={asking}
        title={text.emptyTitle}
        confirm={text.emptyConfirm}
        keep={text.emptyKeep}
        busy={false}
        onConfirm={() => {
          setAsking(false);
          setEmptied(true);
          onEmpty();
        }}
        onKeep={() => setAsking(false)}
      >
        <p>{text.emptyBody(Math.max(0, bytes - neededBytes))}</p>
        <p>{text.emptyKeeps}</p>
      </ConfirmDialog>
    </div>
  );
}
