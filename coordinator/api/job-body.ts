import type { Job } from '../../shared/api/schemas.ts';
import type { Dispatcher } from '../gateway/dispatcher.ts';
import type { JobRow } from '../store/store.ts';

/** A job as the API shows it: what the store keeps and what is going on. */
export function toJobBody(row: JobRow, dispatcher: Pick<Dispatcher, 'progress'>): Job {
  const { counts, rate, remainingMs, nodes, computeMs, stalled } = dispatcher.progress(row);
  return {
    id: row.id,
    spec: row.spec,
    state: row.state,
    shards: row.shards,
    counts,
    createdAt: row.createdAt,
    endedAt: row.endedAt,
    rate,
    remainingMs,
    nodes,
    computeMs,
    stalled,
  };
}
