import { useId } from 'react';
import type { EngineView } from '../../../worker/engine/events.ts';
import type { DataSettings } from '../../../worker/swarm/swarm-view.ts';
import { data as text } from '../../text/en/data.ts';
import { CalmStatus } from '../calm-status.tsx';
import { CachePanel } from './cache-panel.tsx';
import css from './data.module.css';
import { DataFigures } from './data-figures.tsx';
import { DataLimits } from './data-limits.tsx';
import { Downloads } from './downloads.tsx';
import { ExchangeField } from './exchange-field.tsx';
import { PeersTable } from './peers-table.tsx';
import { sayExchange } from './say-data.ts';

interface DataSectionProps {
  view: EngineView;
  data: DataSettings;
  onData(data: DataSettings): void;
  onEmptyCache(): void;
}

/** What moves for the work here, from whom and to whom, and how to limit it. */
export function DataSection({ view, data, onData, onEmptyCache }: DataSectionProps) {
  const heading = useId();
  const { swarm } = view;
  return (
    <section className={css.section} aria-labelledby={heading}>
      <h3 id={heading}>{text.heading}</h3>
      <CalmStatus text={sayExchange(view)} />
      <DataFigures swarm={swarm} />
      <Downloads downloads={swarm.downloads} running={view.running} />
      <PeersTable peers={swarm.peers} />
      <details className={css.details}>
        <summary>{text.settings}</summary>
        <div className={css.settings}>
          <ExchangeField on={data.peers} onChange={(peers) => onData({ ...data, peers })} />
          <DataLimits data={data} onChange={onData} />
          <CachePanel cache={swarm.cache} onEmpty={onEmptyCache} />
        </div>
      </details>
    </section>
  );
}
