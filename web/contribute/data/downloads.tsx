import type { EngineView } from '../../../worker/engine/events.ts';
import type { SwarmView } from '../../../worker/swarm/swarm-view.ts';
import { data as text } from '../../text/en/data.ts';
import css from './data.module.css';

interface DownloadsProps {
  downloads: SwarmView['downloads'];
  /** Jobs by whose names they are called. */
  running: EngineView['running'];
}

/** Data on its way here, with how much of it has come. */
export function Downloads({ downloads, running }: DownloadsProps) {
  if (downloads.length === 0) return null;
  return (
    <div className={css.downloads}>
      <h4 className={css.name}>{text.downloads}</h4>
      <ul className={css.list}>
        {downloads.map(({ blob, job, bytes, hereBytes }) => {
          const name = text.download(
            running.find((other) => other.job === job)?.name ?? text.unknownJob,
          );
          return (
            <li key={`${job} ${blob}`}>
              <span className={css.line}>
                <span>{name}</span>
                <span className={css.soft}>{text.downloaded(hereBytes, bytes)}</span>
              </span>
              <progress className={css.bar} aria-label={name} value={hereBytes} max={bytes} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
