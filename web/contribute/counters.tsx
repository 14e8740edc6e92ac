import type { EngineView } from '../../worker/engine/events.ts';
import { contribute as text } from '../text/en/contribute.ts';
import { formatCount, formatRate } from '../text/format.ts';
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
      <Counter name={text.done} help={text.doneHelp} value={formatCount(view.done)} />
      <Counter
        name={text.rate}
        help={speed?.unit === 'minute' ? text.perMinute : text.perSecond}
        value={speed ? speed.value : '–'}
      />
      <Counter name={text.agreed} help={text.agreedHelp} value={formatCount(totals.agreed)} />
      <Counter name={text.pending} help={text.pendingHelp} value={formatCount(totals.pending)} />
      <Counter name={text.rejected} help={text.rejectedHelp} value={formatCount(totals.rejected)} />
    </dl>
  );
}

function Counter({ name, help, value }: { name: string; help: string; value: string }) {
  return (
    <div className={css.counter}>
      <dt className={css.name}>{name}</dt>
      <dd className={css.value}>{value}</dd>
      <dd className={css.help}>{help}</dd>
    </div>
  );
}
