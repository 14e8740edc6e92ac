import { forgetBlock } from './claims.ts';
import type { SchedulerEvent } from './events.ts';
import type { ActiveJob } from './job.ts';
import type { World } from './world.ts';

type Retried = Extract<SchedulerEvent, { type: 'shards-retried' }>;

/**
 * Decided shards are to be run again: named ones, or all that failed. The store has marked them, so their blocks are read from it
 * once more: what comes then is the same as after a restart.
 */
export function shardsRetried(world: World, event: Retried): void {
  const job = world.jobs.get(event.job);
  if (!job) return;
  const blocks = event.shards === 'all' ? null : blocksOf(job, event.shards);
  const concerns = (block: number) => blocks === null || blocks.has(block);
  // What the store has already answered may be older than its marks.
  for (const [number, claiming] of job.claiming) if (concerns(number)) claiming.stale = true;
  for (const block of [...job.held.values()])
    if ((blocks !== null || block.failed > 0) && concerns(block.number))
      forgetBlock(world, job, block);
  for (const number of [...(blocks ?? job.finished)]) {
    if (!job.finished.has(number) || event.finished?.has(number)) continue;
    job.finished.delete(number);
    job.reopened.add(number);
  }
  world.supply = true;
}

/** The blocks that some shards of a job are in. */
function blocksOf(job: ActiveJob, shards: readonly number[]): Set<number> {
  return new Set(shards.map((shard) => Math.floor(shard / job.spec.blockShards)));
}
