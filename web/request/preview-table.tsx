import { request } from '../text/en/request.ts';
import { formatCount } from '../text/format.ts';
import type { PreviewRow } from './preview.ts';
import css from './preview-table.module.css';

const text = request.draft;

/** What the first shards will be given. */
export function PreviewTable({ rows }: { rows: readonly PreviewRow[] }) {
  if (rows.length === 0) return <p className={css.nothing}>{text.previewNothing}</p>;
  return (
    <table className={css.table}>
      <caption>{text.preview}</caption>
      <thead>
        <tr>
          <th scope="col">{text.previewShard}</th>
          {rows[0].input !== null && <th scope="col">{text.previewInput}</th>}
          <th scope="col">{text.previewArgs}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.shard}>
            <th scope="row">{formatCount(row.shard)}</th>
            {row.input !== null && (
              <td>
                <code>{row.input}</code>
              </td>
            )}
            <td>
              <code>{row.args.join(' ')}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
