import type { EngineView } from '../../worker/engine/events.ts';
import { contribute as text } from '../text/en/contribute.ts';
import { formatCount, formatRate } from '../text/format.ts';
import css from './counters.module.css';

interface CountersProps {
  view: EngineView;
  rate: number | null;
}

/** What came of the work: computed here, and what the network thinks of it. */
export function Counters({ view, rate }: CountersProps) {
  const speed = rate === null ? null : formatRate(rate);
  return (
    <dl className={css.counters}>
      <Counter name={text.done} help={text.doneHelp} value={formatCount(view.done)} />
      <Counter
        name={text.rate}
        help={speed?.unit === 'minute' ? text.perMinute : text.perSecond}
        value={speed ? speed.value : '–'}
      />
      <Counter name={text.agreed} help={text.agreedHelp} value={formatCount(view.agreed)} />
      <Counter name={text.pending} help={text.pendingHelp} value={formatCount(view.unconfirmed)} />
      <Counter name={text.rejected} help={text.rejectedHelp} value={formatCount(view.rejected)} />
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
