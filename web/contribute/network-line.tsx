import { contribute as text } from '../text/en/contribute.ts';
import { formatMeasure } from '../text/format.ts';
import { Age } from '../ui/age.tsx';
import css from './network-line.module.css';
import type { SeenStatus } from './use-status.ts';

interface NetworkLineProps {
  seen: SeenStatus | null;
  /** Threads that this tab gives; it is somebody too, also before the next reading counts it. */
  own: number;
}

/** How much company there is, with the age of the figure. */
export function NetworkLine({ seen, own }: NetworkLineProps) {
  if (!seen) return <p className={css.line}>&nbsp;</p>;
  const { verdictsPerSecond } = seen.status;
  const nodes = Math.max(seen.status.nodes, own > 0 ? 1 : 0);
  const threads = Math.max(seen.status.threads, own);
  return (
    <p className={css.line}>
      {nodes === 0 ? text.networkIdle : text.network(nodes, threads)}
      {verdictsPerSecond > 0 && `, ${text.networkRate(formatMeasure(verdictsPerSecond))}`}
      {`. ${text.updated} `}
      <Age at={seen.at} />.
    </p>
  );
}
