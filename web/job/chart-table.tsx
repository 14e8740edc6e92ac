import { job as jobText } from '../text/en/job.ts';
import { NumberTable } from '../ui/number-table.tsx';
import type { ChartLines } from './chart-data.ts';

/** Rows that somebody may read; downloads have them all. */
const MOST_ROWS = 200;

interface ChartTableProps {
  lines: ChartLines;
  along: string;
  value: string;
}

/** What a chart draws, in numbers. */
export function ChartTable({ lines, along, value }: ChartTableProps) {
  const rows = lines.along.slice(0, MOST_ROWS).map((head, at) => ({
    at,
    head,
    cells: lines.columns.map((column) => column[at]),
  }));
  const heads = [along, ...lines.names.map((name) => (name === '' ? value : name))];
  return <NumberTable name={jobText.chart.table} heads={heads} rows={rows} />;
}
