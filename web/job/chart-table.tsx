import { job as jobText } from '../text/en/job.ts';
import { formatMeasure } from '../text/format.ts';
import { TableScroll } from '../ui/table-scroll.tsx';
import type { ChartLines } from './chart-data.ts';
import css from './chart-view.module.css';

/** Rows that somebody may read; downloads have them all. */
const MOST_ROWS = 200;

interface ChartTableProps {
  lines: ChartLines;
  along: string;
  value: string;
}

/** What a chart draws, in numbers. */
export function ChartTable({ lines, along, value }: ChartTableProps) {
  const text = jobText.chart;
  return (
    <details className={css.details}>
      <summary>{text.table}</summary>
      <TableScroll label={text.table}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{along}</th>
              {lines.names.map((name) => (
                <th key={name} scope="col">
                  {name === '' ? value : name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.along.slice(0, MOST_ROWS).map((x, at) => (
              <tr key={x}>
                <th scope="row">{x}</th>
                {lines.names.map((name, line) => (
                  <td key={name}>{cell(lines.columns[line][at])}</td>
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
