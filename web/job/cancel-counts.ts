import type { Job } from '../../shared/api/schemas.ts';

/** Shards that have a result and keep it when a job is cancelled, and those that never will have one. */
export function cancelCounts({ counts, stage }: Pick<Job, 'counts' | 'stage'>): {
  kept: number;
  lost: number;
} {
  const { waiting, active, done, failed } = counts;
  if (!stage) return { kept: done + failed, lost: waiting + active };
  // The stages behind this one end with it.
  let kept = 0;
  let lost = 0;
  for (const one of stage.all.slice(stage.number - 1)) {
    kept += one.done + one.failed;
    lost += one.shards - one.done - one.failed;
  }
  return { kept, lost };
}
