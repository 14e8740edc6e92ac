import type { Job } from '../../shared/api/schemas.ts';
import { whyWaiting } from '../stages/waiting.ts';
import type { JobRow } from '../store/store.ts';
import type { Services } from './services.ts';

type BodyParts = Pick<Services, 'dispatcher' | 'store' | 'stages'>;

/** A job as the API shows it: what the store keeps and what is going on. */
export async function toJobBody(row: JobRow, parts: BodyParts): Promise<Job> {
  const { counts, rate, remainingMs, nodes, computeMs, stalled } = parts.dispatcher.progress(row);
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
    stage: row.stage && (await toStageBody(row.stage, parts)),
  };
}

async function toStageBody(
  { take: _, ...place }: NonNullable<JobRow['stage']>,
  { store, dispatcher, stages }: BodyParts,
): Promise<Job['stage']> {
  const rows = await store.stagesOf(place.first);
  const all = rows.map((row, k) => {
    const { done, failed } = dispatcher.progress(row).counts;
    const { id, state, shards } = row;
    const waits = whyWaiting(row, rows[k - 1], stages.problemOf(id));
    return { id, number: k + 1, name: row.stage?.name ?? '', state, shards, done, failed, waits };
  });
  return { ...place, all };
}
