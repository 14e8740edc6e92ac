import { operate as text } from '../text/en/operate.ts';
import { formatClock, formatMeasure } from '../text/format.ts';
import { TableScroll } from '../ui/table-scroll.tsx';
import { type Lines, rowsOf } from './history.ts';
import css from './page.module.css';

/** Rows that somebody may read. */
const MOST_ROWS = 30;

/** What the chart draws, in numbers, the newest first. */
export function TimeTable({ lines: { at, lines }, unit }: { lines: Lines; unit: string }) {
  return (
    <details className={css.details}>
      <summary>{text.table}</summary>
      <TableScroll label={text.table}>
        <table className={css.table}>
          <caption className={css.soft}>{unit}</caption>
          <thead>
            <tr>
              <th scope="col">{text.time}</th>
              {lines.map(({ name }) => (
                <th key={name} scope="col">
                  {text.lines[name]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rowsOf(at.length, MOST_ROWS).map((row) => (
              <tr key={at[row]}>
                <th scope="row">{formatClock(at[row])}</th>
                {lines.map(({ name, values }) => (
                  <td key={name}>{cell(values[row])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
    </details>
  );
}

function cell(value: number | null): string {
  return value === null ? '' : formatMeasure(value);
}
