import { FAILED } from './block.ts';
import { forgetBlock, unfinish } from './claims.ts';
import type { SchedulerEvent } from './events.ts';
import type { ActiveJob } from './job.ts';
import type { World } from './world.ts';

type Retried = Extract<SchedulerEvent, { type: 'shards-retried' }>;

/**
 * Failed shards are to be run again. The store has marked them, so their blocks are read from it
 * once more: what comes then is the same as after a restart.
 */
export function shardsRetried(world: World, event: Retried): void {
  const job = world.jobs.get(event.job);
  if (!job) return;
  const shards = event.shards === 'all' ? null : byBlock(job, event.shards);
  let counted = 0;
  for (const block of [...job.held.values()]) {
    const failed = shards
      ? (shards.get(block.number) ?? []).filter((k) => block.state[k] === FAILED).length
      : block.failed;
    if (failed === 0) continue;
    counted += failed;
    forgetBlock(world, job, block);
  }
  for (const [number, claiming] of job.claiming)
    if (!job.held.has(number) && (shards === null || shards.has(number))) claiming.stale = true;
  let reopened = 0;
  for (const number of [...(shards ? shards.keys() : job.finished)]) {
    if (!job.finished.has(number) || event.finished?.has(number)) continue;
    reopened += shards?.get(number)?.length ?? job.failedIn.get(number) ?? 0;
    unfinish(job, number);
    job.reopened.add(number);
  }
  job.counts.failed -= event.count === undefined ? reopened : Math.max(0, event.count - counted);
  world.supply = true;
}

/** Shards of a job, as places within their blocks. */
function byBlock(job: ActiveJob, shards: readonly number[]): Map<number, number[]> {
  const blocks = new Map<number, number[]>();
  for (const shard of shards) {
    const number = Math.floor(shard / job.spec.blockShards);
    const places = blocks.get(number) ?? [];
    places.push(shard - number * job.spec.blockShards);
    blocks.set(number, places);
  }
  return blocks;
}
