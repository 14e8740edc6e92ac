import type { ShardCounts } from '../../shared/api/schemas.ts';
import { job as text } from '../text/en/job.ts';
import { formatShare } from '../text/format.ts';
import css from './progress-bar.module.css';

interface ProgressBarProps {
  counts: ShardCounts;
  shards: number;
}

/** Done, failed and active shards as parts of one bar. */
export function ProgressBar({ counts, shards }: ProgressBarProps) {
  const share = (count: number) => `${(100 * count) / shards}%`;
  const over = (counts.done + counts.failed) / shards;
  return (
    <span
      className={css.bar}
      role="progressbar"
      aria-label={text.progress}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(100 * over)}
      aria-valuetext={formatShare(over)}
    >
      <span className={css.done} style={{ inlineSize: share(counts.done) }} />
      <span className={css.failed} style={{ inlineSize: share(counts.failed) }} />
      <span className={css.active} style={{ inlineSize: share(counts.active) }} />
    </span>
  );
}
