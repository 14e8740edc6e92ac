import { type Block, UNDECIDED } from './block.ts';
import { continuing, passOn } from './checkpoints.ts';
import type { LeaseClaim, SchedulerEffect } from './events.ts';
import type { ActiveJob } from './job.ts';
import { isOut, type Lease } from './lease.ts';
import type { Range } from './matching.ts';
import type { Node } from './node.ts';
import { isProbe, leaseDeadline, shardMs } from './sizing.ts';
import type { World } from './world.ts';

/** Leases a range of a block to a node, or less of it where a run of a shard goes on. */
export function lease(
  world: World,
  job: ActiveJob,
  block: Block,
  node: Node,
  wanted: Range,
  now: number,
): void {
  const { range, lineage } = continuing(world, job, block, node, wanted);
  const { from, to } = range;
  const count = to - from;
  const each = shardMs(job, node);
  const expectedMs = Number.isNaN(each) ? 0 : each * count;
  const claim: LeaseClaim = {
    job: job.spec.job,
    block: block.number,
    first: block.first + from,
    count,
    lease: world.nextLease++,
    deadline: leaseDeadline(job, node, count, expectedMs, now),
    nodeKey: node.key,
  };
  // A probe stands for all that the node wants: the rest follows when it has come back.
  const chargedMs = isProbe(job, node) ? node.wantedMs : expectedMs;
  enterLease(world, block, {
    claim,
    node,
    leasedAt: now,
    deadline: claim.deadline,
    expectedMs,
    chargedMs,
    spentMs: 0,
    remaining: count,
    returned: null,
    block,
  });
  node.wantedMs = Math.max(0, node.wantedMs - chargedMs);
  node.idle = null;
  world.shares.charge(job, chargedMs);
  const effect = { type: 'lease', node: node.number, claim } as const;
  world.effects.push(lineage ? { ...effect, checkpoints: passOn(job, node, lineage) } : effect);
}

/** Enters a lease that is out, new or resumed. */
export function enterLease(world: World, block: Block, lease: Lease): void {
  world.leases.set(lease.claim.lease, lease);
  lease.node.leases.add(lease);
  lease.node.heldMs += lease.expectedMs;
  attachLease(block, lease);
}

/** Enters a lease into its block, for those of its shards that are still out. */
export function attachLease(block: Block, lease: Lease): void {
  lease.block = block;
  block.leases.add(lease);
  const from = lease.claim.first - block.first;
  if (lease.returned === null) block.lend(from, from + lease.claim.count);
  else
    for (let i = 0; i < lease.claim.count; i++)
      if (isOut(lease, i)) block.lend(from + i, from + i + 1);
}

/** Ends a lease: what did not come back can be leased again. */
export function endLease(world: World, lease: Lease): void {
  if (!world.leases.delete(lease.claim.lease)) return;
  lease.node.leases.delete(lease);
  lease.node.heldMs = Math.max(0, lease.node.heldMs - lease.expectedMs);
  const job = world.jobs.get(lease.claim.job);
  job?.claiming.get(lease.claim.block)?.leases.delete(lease);
  // Shares count computing that was done: the estimate makes way for what it took.
  if (job) world.shares.charge(job, lease.spentMs - lease.chargedMs);
  const { block } = lease;
  if (block === null) return;
  block.leases.delete(lease);
  if (lease.remaining === 0) return;
  const from = lease.claim.first - block.first;
  for (let i = 0; i < lease.claim.count; i++) if (isOut(lease, i)) block.takeBack(from + i);
  world.supply = true;
}

type RevokeReason = Extract<SchedulerEffect, { type: 'revoke' }>['reason'];

/** Ends leases and tells their nodes to stop. */
export function revoke(world: World, leases: Iterable<Lease>, reason: RevokeReason): void {
  const byNode = new Map<number, bigint[]>();
  for (const lease of [...leases]) {
    endLease(world, lease);
    const revoked = byNode.get(lease.node.number);
    if (revoked) revoked.push(lease.claim.lease);
    else byNode.set(lease.node.number, [lease.claim.lease]);
  }
  for (const [node, revoked] of byNode)
    world.effects.push({ type: 'revoke', node, leases: revoked, reason });
}

/** Revokes leases of which every shard that is still out has its verdict. */
export function revokeDecided(world: World, block: Block): void {
  let decided: Lease[] | null = null;
  for (const lease of block.leases) {
    if (!isDecided(block, lease)) continue;
    decided ??= [];
    decided.push(lease);
  }
  if (decided) revoke(world, decided, 'decided');
}

function isDecided(block: Block, lease: Lease): boolean {
  const from = lease.claim.first - block.first;
  for (let i = 0; i < lease.claim.count; i++)
    if (block.state[from + i] === UNDECIDED && isOut(lease, i)) return false;
  return true;
}
