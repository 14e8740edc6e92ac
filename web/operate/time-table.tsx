import { operate as text } from '../text/en/operate.ts';
import { formatClock } from '../text/format.ts';
import { NumberTable } from '../ui/number-table.tsx';
import { type Lines, rowsOf } from './history.ts';

/** Rows that somebody may read. */
const MOST_ROWS = 30;

/** What the chart draws, in numbers, the newest first. */
export function TimeTable({ lines: { at, lines }, unit }: { lines: Lines; unit: string }) {
  const rows = rowsOf(at.length, MOST_ROWS).map((row) => ({
    at: at[row],
    head: formatClock(at[row]),
    cells: lines.map(({ values }) => values[row]),
  }));
  const heads = [text.time, ...lines.map(({ name }) => text.lines[name])];
  return <NumberTable name={text.table} caption={unit} heads={heads} rows={rows} />;
}
