import { type Block, UNDECIDED } from './block.ts';
import { wait } from './claims.ts';
import type { LeaseClaim, SchedulerEvent } from './events.ts';
import { type ActiveJob, blockRange } from './job.ts';
import type { Lease } from './lease.ts';
import { endLease, enterLease } from './leases.ts';
import { type Node, newNode } from './node.ts';
import { shardMs } from './sizing.ts';
import type { World } from './world.ts';

/** What a resumed lease is given at least, in milliseconds, when its deadline is near or past. */
const RESUMED_MS = 60_000;
/** For so long a block is not leased to a node that did not complete a lease of it: others come first. */
const AVOIDED_MS = 30_000;

/** A node means to complete these leases, which it was given on an earlier connection. */
export function resumed(
  world: World,
  event: Extract<SchedulerEvent, { type: 'resumed' }>,
  now: number,
): void {
  const node = world.nodes.get(event.node);
  if (!node) return;
  for (const claim of event.leases) resume(world, node, claim, now);
}

function resume(world: World, node: Node, claim: LeaseClaim, now: number): void {
  const stop = (reason: 'decided' | 'unknown') => {
    world.effects.push({ type: 'revoke', node: node.number, leases: [claim.lease], reason });
  };
  const job = world.jobs.get(claim.job);
  const block = job?.held.get(claim.block);
  if (!job) stop(world.ended.has(claim.job) ? 'decided' : 'unknown');
  else if (claim.nodeKey !== node.key || !isWithin(claim, blockRange(job, claim.block)))
    stop('unknown');
  else if (job.finished.has(claim.block)) stop('decided');
  else if (!block)
    wait(world, job, claim.block, { type: 'resumed', node: node.number, leases: [claim] });
  else if (!takeUp(world, job, block, node, claim, now)) stop('decided');
}

/** Whether the claim's shards lie in this range. */
export function isWithin(
  claim: { first: number; count: number },
  range: { first: number; count: number },
): boolean {
  return claim.first >= range.first && claim.first + claim.count <= range.first + range.count;
}

/** Enters a lease of an earlier connection again; false where nothing of it is left to do. */
function takeUp(
  world: World,
  job: ActiveJob,
  block: Block,
  node: Node,
  claim: LeaseClaim,
  now: number,
): boolean {
  // The connection before may not have been found dead yet.
  const before = world.leases.get(claim.lease);
  if (before?.node === node) return true;
  if (before) endLease(world, before);
  const me = block.participants.findNode(node.key);
  const returned = new Uint8Array(claim.count);
  let remaining = 0;
  for (let i = 0; i < claim.count; i++) {
    const k = claim.first - block.first + i;
    if (block.state[k] === UNDECIDED && !block.hasRun(k, me)) remaining++;
    else returned[i] = 1;
  }
  if (remaining === 0) return false;
  const each = shardMs(job, node);
  enterLease(world, block, {
    claim,
    node,
    leasedAt: now,
    deadline: Math.max(claim.deadline, now + RESUMED_MS),
    expectedMs: Number.isNaN(each) ? 0 : each * remaining,
    chargedMs: 0,
    spentMs: 0,
    remaining,
    returned,
    block,
  });
  return true;
}

/** A node gives back what is left of its leases; it is not the first to be asked again. */
export function renounced(
  world: World,
  event: Extract<SchedulerEvent, { type: 'renounced' }>,
  now: number,
): void {
  for (const claim of event.leases) {
    const lease = world.leases.get(claim.lease);
    if (lease?.node.number === event.node) dropLease(world, lease, now);
  }
}

/** Ends a lease that its node will not complete, and does not offer it the same again at once. */
function dropLease(world: World, lease: Lease, now: number): void {
  endLease(world, lease);
  lease.block?.avoided.set(lease.node.number, now + AVOIDED_MS);
}

/** A node is there; it gets nothing before it says how much it wants. */
export function nodeJoined(
  world: World,
  event: Extract<SchedulerEvent, { type: 'node-joined' }>,
): void {
  world.nodes.set(event.node, newNode(event));
  world.crowdVersion++;
}

/** A node is gone: what it held can be leased again. */
export function nodeGone(
  world: World,
  event: Extract<SchedulerEvent, { type: 'node-gone' }>,
): void {
  const node = world.nodes.get(event.node);
  if (!node) return;
  for (const lease of [...node.leases]) endLease(world, lease);
  world.nodes.delete(node.number);
  world.hungry.delete(node);
  world.crowdVersion++;
  for (const job of world.jobs.values())
    for (const block of job.held.values()) block.forgetNode(node.number);
  // A smaller crowd may be one in which replicas may share a network.
  world.supply = true;
}

/** Leases whose deadline has passed are over, though results may still come and count. */
export function expireLeases(world: World, now: number): void {
  for (const lease of world.leases.values())
    if (now >= lease.deadline) dropLease(world, lease, now);
}
