import type { EngineView } from '../../worker/engine/events.ts';
import { contribute as text } from '../text/en/contribute.ts';
import { formatCount, formatRate } from '../text/format.ts';
import { Figure } from '../ui/figure.tsx';
import css from './counters.module.css';
import type { SessionTotals } from './session-totals.ts';

interface CountersProps {
  view: EngineView;
  rate: number | null;
  totals: SessionTotals;
}

/** What came of the work: computed here, and what the network thinks of it. */
export function Counters({ view, rate, totals }: CountersProps) {
  const speed = rate === null ? null : formatRate(rate);
  return (
    <dl className={css.counters}>
      <Figure name={text.done} more={text.doneHelp} value={formatCount(view.done)} />
      <Figure
        name={text.rate}
        more={speed?.unit === 'minute' ? text.perMinute : text.perSecond}
        value={speed ? speed.value : '–'}
      />
      <Figure name={text.agreed} more={text.agreedHelp} value={formatCount(totals.agreed)} />
      <Figure name={text.pending} more={text.pendingHelp} value={formatCount(totals.pending)} />
      <Figure name={text.rejected} more={text.rejectedHelp} value={formatCount(totals.rejected)} />
    </dl>
  );
}
