import type { Block } from './block.ts';
import { claim, emptyBlock, forgetBlock } from './claims.ts';
import type { SchedulerEffect, SchedulerEvent } from './events.ts';
import type { Intake } from './intake.ts';
import { type ActiveJob, newJob } from './job.ts';
import { attachLease, revoke } from './leases.ts';
import type { World } from './world.ts';

type EventOf<T extends SchedulerEvent['type']> = Extract<SchedulerEvent, { type: T }>;

/** Ended jobs that can come back because their end was not durable: more than end in one commit. */
const REMEMBERED_ENDS = 1024;

/** A job begins, or goes on after a restart or a retry. */
export function jobAdded(world: World, event: EventOf<'job-added'>): void {
  if (world.jobs.has(event.job.job)) return;
  const job = newJob(event);
  begin(world, job);
  if (job.finished.size === job.blocks) endJob(world, job, 'done');
}

function begin(world: World, job: ActiveJob): void {
  world.ended.delete(job.spec.job);
  world.jobs.set(job.spec.job, job);
  world.shares.add(job);
  world.supply = true;
}

/** Its requester does not want the job any more. */
export function jobCancelled(world: World, event: EventOf<'job-cancelled'>): void {
  const job = world.jobs.get(event.job);
  if (job) endJob(world, job, 'cancelled');
}

/** Ends the jobs whose deadline has passed. */
export function expireJobs(world: World, now: number): void {
  for (const job of world.jobs.values())
    if (job.spec.deadline !== null && now >= job.spec.deadline) endJob(world, job, 'expired');
}

type EndState = Extract<SchedulerEffect, { type: 'finish-job' }>['state'];

/** Ends a job: its leases are over, nothing of it is leased any more. */
function endJob(world: World, job: ActiveJob, state: EndState): void {
  const reason = state === 'done' ? 'decided' : state;
  for (const { leases } of [...job.held.values(), ...job.claiming.values()])
    revoke(world, leases, reason);
  // What waits for a block of it is answered like anything that comes later.
  for (const { waiting } of job.claiming.values()) world.again.push(...waiting);
  world.jobs.delete(job.spec.job);
  world.shares.remove(job);
  world.ended.set(job.spec.job, state === 'done' ? job : null);
  forgetOldEnds(world);
  world.effects.push({ type: 'finish-job', job: job.spec.job, state });
}

function forgetOldEnds(world: World): void {
  let remembered = 0;
  for (const job of world.ended.values()) if (job) remembered++;
  for (const [number, job] of world.ended) {
    if (remembered <= REMEMBERED_ENDS) return;
    if (!job) continue;
    world.ended.set(number, null);
    remembered--;
  }
}

/** All shards of a block are decided: it leaves the memory, and its job may be done. */
export function finishBlock(world: World, job: ActiveJob, block: Block): void {
  revoke(world, block.leases, 'decided');
  job.held.delete(block.number);
  job.finished.add(block.number);
  world.effects.push({ type: 'finish-block', job: job.spec.job, block: block.number });
  if (job.finished.size === job.blocks) endJob(world, job, 'done');
}

/** A claimed block arrives: its submissions are replayed, then what waited for it is handled. */
export function blockClaimed(world: World, intake: Intake, event: EventOf<'block-claimed'>): void {
  const job = world.jobs.get(event.job);
  const claiming = job?.claiming.get(event.block);
  if (!job || !claiming) return;
  if (claiming.stale) {
    claiming.stale = false;
    world.effects.push({ type: 'claim-block', job: event.job, block: event.block });
    return;
  }
  job.claiming.delete(event.block);
  const block = emptyBlock(job, event.block);
  for (const { claim, network, results } of event.submissions)
    intake.enter(block, job.policy, {
      key: claim.nodeKey,
      network,
      results,
      lease: null,
      shareNetworks: job.spec.networks === 'relax',
    });
  job.held.set(block.number, block);
  for (const lease of claiming.leases) attachLease(block, lease);
  world.again.push(...claiming.waiting);
  world.supply = true;
  if (block.undecided === 0) finishBlock(world, job, block);
}

/** Blocks whose last effects did not become durable are read again from the store. */
export function blocksLost(world: World, event: EventOf<'blocks-lost'>): void {
  for (const { job: number, block } of event.blocks) {
    const ended = world.ended.get(number);
    if (ended) begin(world, ended);
    const job = world.jobs.get(number);
    const held = job?.held.get(block);
    if (job && held) forgetBlock(world, job, held);
    else if (job?.finished.has(block)) {
      job.finished.delete(block);
      claim(world, job, block);
    }
  }
}
