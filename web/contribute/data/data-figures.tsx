import type { SwarmView } from '../../../worker/swarm/swarm-view.ts';
import { data as text } from '../../text/en/data.ts';
import { formatBytes } from '../../text/format.ts';
import css from './data.module.css';
import { sayCap } from './say-data.ts';

/** Bytes since the start by where they came from and went to, and those of the day. */
export function DataFigures({ swarm }: { swarm: SwarmView }) {
  const { bytes, capBytes } = swarm.day;
  return (
    <dl className={css.figures}>
      <Figure name={text.fromPeers} value={formatBytes(swarm.fromPeers)} />
      <Figure name={text.toPeers} value={formatBytes(swarm.toPeers)} />
      <Figure name={text.fromCoordinator} value={formatBytes(swarm.fromCoordinator)} />
      <Figure name={text.toCoordinator} value={formatBytes(swarm.toCoordinator)} />
      <div className={css.day}>
        <dt className={css.name}>{text.today}</dt>
        <dd className={css.value}>{text.todayOf(bytes, capBytes)}</dd>
        {capBytes !== null && (
          <dd>
            <progress
              className={css.bar}
              aria-label={text.cap}
              value={Math.min(bytes, capBytes)}
              max={capBytes}
            />
          </dd>
        )}
        <dd className={css.soft}>{sayCap(swarm.day)}</dd>
      </div>
    </dl>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt className={css.name}>{name}</dt>
      <dd className={css.value}>{value}</dd>
    </div>
  );
}
