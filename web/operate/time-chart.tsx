import { useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { LineChart } from '../job/line-chart.tsx';
import { operate as text } from '../text/en/operate.ts';
import { formatClock } from '../text/format.ts';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { linesOf, type Reading, type Show } from './history.ts';
import css from './page.module.css';
import { TimeTable } from './time-table.tsx';

type Range = keyof typeof text.ranges;

const MINUTE = 60_000;
const SHOWS = Object.entries(text.shows) as [Show, string][];
const RANGES = Object.entries(text.ranges) as [Range, string][];

/** The network since the page was opened; what is shown is in the address. */
export function TimeChart({ history }: { history: readonly Reading[] }) {
  const [search, setSearch] = useSearchParams();
  const [held, setHeld] = useState<readonly Reading[] | null>(null);
  const show = SHOWS.find(([name]) => name === search.get('show'))?.[0] ?? 'work';
  const range = RANGES.find(([name]) => name === search.get('range'))?.[0] ?? '15';
  const choose = (change: Record<string, string>) =>
    setSearch({ show, range, ...change }, { replace: true });

  const shown = held ?? history;
  const until = shown.at(-1)?.at ?? 0;
  const since = range === 'all' ? 0 : until - Number(range) * MINUTE;
  const lines = useMemo(() => linesOf(shown, show, since), [shown, show, since]);
  const drawn = useMemo(
    () => ({
      along: lines.at.map((moment) => moment / 1_000),
      names: lines.lines.map(({ name }) => text.lines[name]),
      columns: lines.lines.map(({ values }) => values),
      left: 0,
    }),
    [lines],
  );
  return (
    <section className={css.section} aria-labelledby="chart">
      <h2 id="chart">{text.chart}</h2>
      <div className={css.controls}>
        <Choice
          label={text.show}
          value={show}
          options={SHOWS}
          onChange={(next) => choose({ show: next })}
        />
        <Choice
          label={text.range}
          value={range}
          options={RANGES}
          onChange={(next) => choose({ range: next })}
        />
        <Button onClick={() => setHeld(held ? null : history)}>
          {held ? text.resume : text.pause}
        </Button>
      </div>
      {held && <p className={css.soft}>{text.paused(formatClock(until))}</p>}
      {lines.at.length < 2 ? (
        <p className={css.soft}>{text.gathering}</p>
      ) : (
        <>
          <LineChart lines={drawn} along={text.time} value={text.units[show]} overTime />
          <TimeTable lines={lines} unit={text.units[show]} />
        </>
      )}
    </section>
  );
}
