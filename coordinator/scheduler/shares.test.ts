import { describe, expect, test } from 'vitest';
import { Bench, leasesOf, rightResults } from './testing/bench.ts';

const single = { policy: 'quorum' as const, replicas: 1, quorum: 1, maxAttempts: 6 };

describe('shares', () => {
  /** Leases until a time of computing was given out; returns how many shards each job had of it. */
  function shareOut(bench: Bench, rounds: number): Map<number, number> {
    const shards = new Map<number, number>();
    bench.join(1);
    const seen = new Set<bigint>();
    for (let round = 0; round < rounds; round++) {
      bench.want(1, 2_000);
      for (const claim of leasesOf(bench.effects, 1)) {
        if (seen.has(claim.lease)) continue;
        seen.add(claim.lease);
        shards.set(claim.job, (shards.get(claim.job) ?? 0) + claim.count);
        bench.submit(1, claim, { ...rightResults(claim), computeMicros: claim.count * 100_000 });
      }
    }
    return shards;
  }

  test('SCH-10 requesters get equal shares of computing, however many jobs they have', () => {
    const bench = new Bench();
    const shards = 100_000;
    bench.addJob({ job: 1, requester: 1, shards, replication: single });
    bench.addJob({ job: 2, requester: 1, shards, replication: single, createdAt: -1 });
    bench.addJob({ job: 3, requester: 2, shards, replication: single });
    const given = shareOut(bench, 200);
    const one = (given.get(1) ?? 0) + (given.get(2) ?? 0);
    const two = given.get(3) ?? 0;
    expect(one / two).toBeGreaterThan(0.9);
    expect(one / two).toBeLessThan(1.1);
  });

  test('SCH-11 priority comes before the deadline, and the deadline before age', () => {
    const deadline = 2_000_000_000_000;
    const jobs = [
      { job: 1, createdAt: 1 },
      { job: 2, createdAt: 2, deadline },
      { job: 3, createdAt: 3, deadline: deadline - 1 },
      { job: 4, createdAt: 4, priority: 1 },
    ];
    const bench = new Bench();
    for (const job of jobs) bench.addJob({ ...job, shards: 1, replication: single });
    const order: number[] = [];
    bench.join(1);
    for (let round = 0; round < 8; round++)
      for (const claim of bench.want(1, 1)) {
        order.push(claim.job);
        bench.submit(1, claim);
      }
    // A job's first block may come a moment after its turn, hence the second look.
    expect([...order].sort()).toEqual([1, 2, 3, 4]);
    expect(order).toEqual([4, 3, 2, 1]);
  });
});

describe('views', () => {
  test('SCH-25 the counts add up from the first lease to the last verdict', () => {
    const bench = new Bench();
    const shards = 20;
    bench.addJob({ shards, blockShards: 4 });
    for (const node of [1, 2]) bench.join(node);
    for (let round = 0; round < 100; round++) {
      for (const claim of bench.want(1 + (round % 2), 1)) bench.submit(1 + (round % 2), claim);
      const { done, failed } = bench.durable.counts(1);
      expect(bench.scheduler.views.active(1) + done + failed).toBeLessThanOrEqual(shards);
      const blocks = bench.scheduler.views.blocks(1);
      for (const { block, active, done } of blocks) {
        const states = [...(bench.scheduler.views.shardStates(1, block) ?? [])];
        expect(states.filter((state) => state === 1)).toHaveLength(active);
        expect(states.filter((state) => state === 2)).toHaveLength(done);
      }
    }
    expect(bench.durable.counts(1)).toEqual({ done: shards, failed: 0 });
  });

  test('SCH-28 a job on which nothing happens says why', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1, kind: 'javascript' });
    const { views } = bench.scheduler;
    expect(views.stalled(1)).toBe('no-nodes');
    bench.join(1, { kinds: ['wasi'] });
    expect(views.stalled(1)).toBe('no-nodes-for-kind');
    bench.join(2, { network: '10.1' });
    for (const claim of bench.want(2)) {
      expect(views.stalled(1)).toBeNull();
      bench.submit(2, claim);
    }
    expect(views.stalled(1)).toBe('needs-more-nodes');
    bench.join(3, { network: '10.1' });
    bench.want(3);
    expect(views.stalled(1)).toBe('needs-more-networks');
    bench.join(4, { network: '10.2' });
    bench.want(4);
    expect(views.stalled(1)).toBeNull();
  });
});
