import type { NetworkStatus } from '../../shared/api/schemas.ts';
import { operate as text } from '../text/en/operate.ts';
import { formatCount, formatMeasure } from '../text/format.ts';
import { Figure } from '../ui/figure.tsx';
import css from './page.module.css';

/** Who is there now, and how much comes of it. */
export function CrowdFigures({ status }: { status: NetworkStatus }) {
  return (
    <section className={css.section} aria-labelledby="crowd">
      <h2 id="crowd">{text.crowd}</h2>
      <dl className={css.figures}>
        <Figure name={text.nodes} value={formatCount(status.nodes)} more={text.nodesHelp} />
        <Figure name={text.threads} value={formatCount(status.threads)} more={text.threadsHelp} />
        <Figure
          name={text.verdicts}
          value={formatMeasure(status.verdictsPerSecond)}
          more={text.verdictsHelp}
        />
        <Figure
          name={text.members}
          value={formatCount(status.data.members)}
          more={text.membersHelp}
        />
      </dl>
    </section>
  );
}
