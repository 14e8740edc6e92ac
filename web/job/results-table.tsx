import { Fragment, useMemo } from 'react';
import type { ResultRow } from '../../shared/api/schemas.ts';
import { job as jobText } from '../text/en/job.ts';
import { formatCount, formatShare } from '../text/format.ts';
import { TableScroll } from '../ui/table-scroll.tsx';
import { type CellPart, resultColumns } from './content.ts';
import { OutputLink } from './output-link.tsx';
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
                <td key={name}>
                  <Cell parts={cell(row)} />
                </td>
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

/** Large outputs are links: they may have to come from the nodes that computed them. */
function Cell({ parts }: { parts: readonly CellPart[] }) {
  return parts.map(({ text, blob }, at) => (
    <Fragment key={text}>
      {at > 0 && ', '}
      {blob ? <OutputLink blob={blob} text={text} /> : text}
    </Fragment>
  ));
}
