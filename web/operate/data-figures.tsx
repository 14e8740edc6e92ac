import type { NetworkStatus } from '../../shared/api/schemas.ts';
import { operate as text } from '../text/en/operate.ts';
import { formatBytes, formatShare } from '../text/format.ts';
import { Figure } from '../ui/figure.tsx';
import css from './page.module.css';

/** What the coordinator has sent, what browsers have sent each other, and what that saved. */
export function DataFigures({ data }: { data: NetworkStatus['data'] }) {
  const { savedShare, coordinatorBytes, peerBytes } = data;
  return (
    <section className={css.section} aria-labelledby="data">
      <h2 id="data">{text.data}</h2>
      {savedShare !== null && (
        <div className={css.split} role="img" aria-label={text.split(formatShare(savedShare))}>
          <span className={css.saved} style={{ inlineSize: `${100 * savedShare}%` }} />
        </div>
      )}
      <dl className={css.figures}>
        <Figure
          name={text.saved}
          value={savedShare === null ? '–' : formatShare(savedShare)}
          more={savedShare === null ? text.savedNothing : text.savedHelp}
        />
        <Figure
          name={text.peers}
          value={formatBytes(peerBytes)}
          more={text.peersHelp}
          mark={<Swatch part="saved" />}
        />
        <Figure
          name={text.coordinator}
          value={formatBytes(coordinatorBytes)}
          more={text.coordinatorHelp}
          mark={<Swatch part="sent" />}
        />
      </dl>
    </section>
  );
}

/** Says which part of the bar a figure is about. */
function Swatch({ part }: { part: 'saved' | 'sent' }) {
  return <span className={css.swatch} data-part={part} aria-hidden="true" />;
}
