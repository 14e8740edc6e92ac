import { contribute as text } from '../text/en/contribute.ts';
import { formatMeasure } from '../text/format.ts';
import { Age } from '../ui/age.tsx';
import css from './network-line.module.css';
import type { SeenStatus } from './use-status.ts';

/** How much company there is, with the age of the figure. */
export function NetworkLine({ seen }: { seen: SeenStatus | null }) {
  if (!seen) return <p className={css.line}>&nbsp;</p>;
  const { nodes, threads, verdictsPerSecond } = seen.status;
  return (
    <p className={css.line}>
      {nodes === 0 ? text.networkIdle : text.network(nodes, threads)}
      {verdictsPerSecond > 0 && `, ${text.networkRate(formatMeasure(verdictsPerSecond))}`}
      {`. ${text.updated} `}
      <Age at={seen.at} />.
    </p>
  );
}
