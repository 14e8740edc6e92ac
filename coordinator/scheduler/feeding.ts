import { claimAhead, prefetch } from './claims.ts';
import { crowdOf } from './crowd.ts';
import type { SchedulerEffect, SchedulerEvent } from './events.ts';
import { type ActiveJob, nextUnclaimed } from './job.ts';
import { lease } from './leases.ts';
import { unfit } from './matching.ts';
import type { Node } from './node.ts';
import { findNear } from './placement.ts';
import { findRelaxed } from './relaxing.ts';
import { leaseShards } from './sizing.ts';
import { findSlow } from './speculation.ts';
import { rests } from './trouble.ts';
import type { World } from './world.ts';

/** Leases that one node may hold: more would only make it slower to hear of a change. */
const LEASES_PER_NODE = 256;
/** Hungry nodes that are tried in vain before the rest waits for the next event or tick. */
const VAIN_TRIES = 32;
/** The same on a tick, which has more time. */
export const VAIN_TRIES_ON_TICK = 1024;

/** A node says how much it wants; this takes the place of what it said before. */
export function nodeWants(
  world: World,
  event: Extract<SchedulerEvent, { type: 'node-wants' }>,
  now: number,
): void {
  const node = world.nodes.get(event.node);
  if (!node) return;
  node.wantedThreads = event.threads;
  node.wantedMs = event.milliseconds;
  node.idle = null;
  feed(world, node, now);
}

/** Leases more to a node whose lease took less time than was expected. */
export function feedAgain(world: World, number: number, now: number): void {
  const node = world.nodes.get(number);
  if (node && isHungry(node)) feed(world, node, now);
}

/** Leases work to a node until its demand is met or nothing is left for it. Whether there was any. */
function feed(world: World, node: Node, now: number): boolean {
  let fed = false;
  while (isHungry(node) && node.leases.size < LEASES_PER_NODE && leaseNext(world, node, now))
    fed = true;
  if (isHungry(node)) {
    world.hungry.add(node);
    if (node.leases.size === 0) sayIdle(world, node);
  } else world.hungry.delete(node);
  return fed;
}

/** Leases what has become available to the hungry, those who have waited longest first. */
export function feedHungry(world: World, now: number, tries = VAIN_TRIES): void {
  let vain = 0;
  for (const node of [...world.hungry]) {
    if (vain >= tries) return;
    // Behind the others, so that the next event tries those who were not tried now.
    world.hungry.delete(node);
    if (!feed(world, node, now)) vain++;
  }
}

function isHungry(node: Node): boolean {
  return node.wantedThreads > 0 && node.wantedMs > 0;
}

function leaseNext(world: World, node: Node, now: number): boolean {
  for (const { jobs } of world.shares.inTurn())
    for (const job of jobs)
      if (unfit(job, node) === null && !rests(job, node, now) && leaseFrom(world, job, node, now))
        return true;
  return false;
}

function leaseFrom(world: World, job: ActiveJob, node: Node, now: number): boolean {
  if (job.spec.deadline !== null && now >= job.spec.deadline) return false;
  const most = sizeFor(world, job, node);
  for (const block of job.held.values()) {
    const range = findNear(world, job, block, node, most, now);
    if (range === null) continue;
    lease(world, job, block, node, range, now);
    prefetch(world, job);
    return true;
  }
  claimAhead(world, job);
  if (job.claiming.size > 0) return false;
  for (const block of job.held.values()) {
    const range = findRelaxed(world, job, block, node, most);
    if (range === null) continue;
    lease(world, job, block, node, range, now);
    return true;
  }
  const slow = findSlow(job, node, now);
  if (slow === null) return false;
  lease(world, job, slow.block, node, slow.range, now);
  return true;
}

function sizeFor(world: World, job: ActiveJob, node: Node): number {
  let remaining = 0;
  for (const block of job.held.values()) remaining += block.open;
  if (nextUnclaimed(job) >= 0 || job.claiming.size > 0) remaining += job.spec.blockShards * 64;
  return leaseShards(job, node, remaining, crowdOf(world, job).nodes);
}

type IdleReason = Extract<SchedulerEffect, { type: 'idle' }>['reason'];

function sayIdle(world: World, node: Node): void {
  const reason = idleReason(world, node);
  if (reason === null || reason === node.idle) return;
  node.idle = reason;
  world.effects.push({ type: 'idle', node: node.number, reason });
}

function idleReason(world: World, node: Node): IdleReason | null {
  if (world.jobs.size === 0) return 'no-jobs';
  let reason: IdleReason = 'none-for-kind';
  for (const job of world.jobs.values()) {
    const misfit = unfit(job, node);
    if (misfit === null) {
      // What is on its way from the store may be for this node: nothing can be said yet.
      if (job.claiming.size > 0) return null;
      reason = 'waiting-for-others';
    } else if (misfit === 'project' && reason === 'none-for-kind') reason = 'none-for-project';
  }
  return reason;
}
