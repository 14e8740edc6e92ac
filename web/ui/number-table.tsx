import { formatMeasure } from '../text/format.ts';
import css from './number-table.module.css';
import { TableScroll } from './table-scroll.tsx';

interface NumberTableProps {
  /** What opens it, and names it. */
  name: string;
  /** What all its numbers are, where the heads do not say. */
  caption?: string;
  /** Of the first column, then of each column of numbers. */
  heads: readonly string[];
  /** A row's place, which no other row has, its own head, and its numbers; null where there is none. */
  rows: readonly { at: number; head: string | number; cells: readonly (number | null)[] }[];
}

/** What a chart draws, in numbers, folded away. */
export function NumberTable({ name, caption, heads, rows }: NumberTableProps) {
  return (
    <details className={css.details}>
      <summary>{name}</summary>
      <TableScroll label={name}>
        <table className={css.table}>
          {caption && <caption>{caption}</caption>}
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ at, head, cells }) => (
              <tr key={at}>
                <th scope="row">{head}</th>
                {cells.map((value, column) => (
                  <td key={heads[column + 1]}>{value === null ? '' : formatMeasure(value)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
    </details>
  );
}
