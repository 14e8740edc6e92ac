import type { JobState } from '../../shared/api/schemas.ts';
import { request } from '../text/en/request.ts';
import css from './state-badge.module.css';

/** A job's state in a word. */
export function StateBadge({ state }: { state: JobState }) {
  return (
    <span className={css.badge} data-state={state}>
      {request.states[state]}
    </span>
  );
}
