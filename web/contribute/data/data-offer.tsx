import { useState } from 'react';
import type { DataSettings } from '../../../worker/swarm/swarm-view.ts';
import { data as text } from '../../text/en/data.ts';
import { mebibytesToBytes } from './amounts.ts';
import css from './data.module.css';
import { DataLimits } from './data-limits.tsx';
import { IdleCache } from './idle-cache.tsx';

interface DataOfferProps {
  data: DataSettings;
  onChange(data: DataSettings): void;
}

/** Limits of data before the start; what the cache holds is looked up only for who opens it. */
export function DataOffer({ data, onChange }: DataOfferProps) {
  const [open, setOpen] = useState(false);
  return (
    <details className={css.offer} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{text.limits}</summary>
      <div className={css.settings}>
        <DataLimits data={data} onChange={onChange} />
        {open && <IdleCache quotaBytes={mebibytesToBytes(data.cacheMiB)} />}
      </div>
    </details>
  );
}
