import { useMemo } from 'react';
import type { ResultRow } from '../../shared/api/schemas.ts';
import { job as jobText } from '../text/en/job.ts';
import { formatCount, formatShare } from '../text/format.ts';
import { TableScroll } from '../ui/table-scroll.tsx';
import { resultColumns } from './content.ts';
import css from './results-table.module.css';
import { ShardLink } from './shard-link.tsx';

const text = jobText.results;

/** Verdicts, one a row. */
export function ResultsTable({ rows }: { rows: readonly ResultRow[] }) {
  const columns = useMemo(() => resultColumns(rows), [rows]);
  return (
    <TableScroll label={jobText.tabs.results}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{text.shard}</th>
            {columns.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">{text.agreed}</th>
            <th scope="col">{text.confidence}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.cursor} data-failed={row.status === 'failed' || undefined}>
              <th scope="row">
                <ShardLink shard={row.shard} />
              </th>
              {columns.map(({ name, cell }) => (
                <td key={name}>{cell(row)}</td>
              ))}
              <td>{formatCount(row.agreed)}</td>
              <td>{formatShare(row.confidence)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableScroll>
  );
}
