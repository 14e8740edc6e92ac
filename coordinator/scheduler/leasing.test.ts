import { describe, expect, test } from 'vitest';
import { Bench, leasesOf, rightResults } from './testing/bench.ts';

const MICROS_FAST = 1;

describe('blocks', () => {
  test('SCH-1 a job of 2^53 - 1 shards costs nothing until it is touched, and then one block at a time', () => {
    const bench = new Bench();
    bench.addJob({ shards: Number.MAX_SAFE_INTEGER });
    expect(bench.scheduler.views.blocks(1)).toEqual([]);
    bench.join(1);
    bench.want(1, 100);
    expect(bench.scheduler.views.blocks(1).length).toBeLessThanOrEqual(3);
    expect(bench.scheduler.views.active(1)).toBe(1);
  });

  test('SCH-2 a block is at hand before it is needed', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1000, blockShards: 10 });
    bench.join(1);
    bench.want(1, 100);
    expect(bench.of('claim-block').map(({ block }) => block)).toEqual([0, 1, 2]);
  });

  test('SCH-2 a lone node does not make a job claim blocks without end', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1_000_000, blockShards: 10 });
    bench.join(1);
    drain(bench, 1);
    expect(bench.scheduler.views.blocks(1)).toHaveLength(20);
    expect(bench.of('idle').at(-1)).toMatchObject({ reason: 'waiting-for-others' });
  });

  test('SCH-2 nothing is claimed for nodes that cannot run the job', () => {
    const bench = new Bench();
    bench.addJob({ memoryMiB: 2048 });
    bench.join(1);
    bench.want(1);
    expect(bench.of('claim-block')).toEqual([]);
  });
});

describe('leases', () => {
  test('SCH-3 a lease lies within one block, its number is new', () => {
    const bench = new Bench();
    bench.addJob({ shards: 25, blockShards: 10, replication: single });
    bench.join(1);
    const claims = drain(bench, 1);
    expect(new Set(claims.map(({ lease }) => lease)).size).toBe(claims.length);
    for (const { first, count, block, deadline } of claims) {
      expect(Math.floor(first / 10)).toBe(block);
      expect(Math.floor((first + count - 1) / 10)).toBe(block);
      expect(deadline).toBeGreaterThan(bench.now);
    }
    expect(claims.reduce((sum, { count }) => sum + count, 0)).toBe(25);
  });

  test('SCH-4 no node gets a shard twice, under whatever connection', () => {
    const bench = new Bench();
    bench.addJob({ shards: 8 });
    bench.join(1);
    for (const claim of bench.want(1)) bench.submit(1, claim);
    drain(bench, 1);
    bench.handle({ type: 'node-gone', node: 1 });
    bench.join(2, { key: 'key 1' });
    expect(bench.want(2)).toEqual([]);
    bench.join(3);
    expect(drain(bench, 3).reduce((sum, { count }) => sum + count, 0)).toBe(8);
    expect(bench.of('finish-job')).toHaveLength(1);
  });

  test('SCH-5 two nodes of one network do not run one shard, where networks count', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1 });
    bench.join(1, { network: '10.1' });
    bench.join(2, { network: '10.1' });
    bench.join(3, { network: '10.2' });
    expect(bench.want(1)).toHaveLength(1);
    expect(bench.want(2)).toHaveLength(0);
    expect(bench.want(3)).toHaveLength(1);
  });

  test('SCH-5 a network that does not count bars nobody', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1 });
    bench.join(1);
    bench.join(2);
    expect(bench.want(1)).toHaveLength(1);
    expect(bench.want(2)).toHaveLength(1);
  });

  test('SCH-5 a job that relaxes lets a network run a shard again when the crowd has no other', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1, networks: 'relax' });
    bench.join(1, { network: '10.1' });
    bench.join(2, { network: '10.1' });
    bench.join(3, { network: '10.2' });
    const [claim] = bench.want(1);
    expect(bench.want(2)).toEqual([]);
    bench.handle({ type: 'node-gone', node: 3 });
    const [second] = leasesOf(bench.effects, 2);
    bench.submit(1, claim);
    bench.submit(2, second);
    expect(bench.of('finish-job')).toHaveLength(1);
  });

  test('SCH-6 leases of a job whose shards do nothing reach a whole block within a few', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1_000_000, replication: single });
    bench.join(1);
    const sizes: number[] = [];
    for (let round = 0; round < 8; round++) {
      bench.want(1, 100_000);
      for (const held of leasesOf(bench.effects, 1).slice(sizes.length)) {
        sizes.push(held.count);
        bench.submit(1, held, fast(held));
      }
      if (sizes.includes(4096)) break;
    }
    expect(sizes[0]).toBe(1);
    expect(sizes).toContain(4096);
    expect(new Set(sizes).size).toBeLessThanOrEqual(6);
  });

  test('SCH-6 a node shows on one shard a thread that it can run a job, however quick the job is', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1_000_000, replication: single });
    bench.join(1);
    for (let round = 0; round < 6; round++)
      for (const claim of bench.want(1, 1_000)) bench.submit(1, claim, fast(claim));
    bench.join(2, { threads: 2 });
    const probe = bench.want(2, 1_000, 2);
    expect(probe).toMatchObject([{ count: 2 }]);
    const [next] = leasesOf(bench.submit(2, probe[0], fast(probe[0])), 2);
    expect(next.count).toBeGreaterThan(2);
  });

  test('SCH-6 shards of a second are leased a few at a time', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1000, replication: single });
    bench.join(1, { threads: 4 });
    for (let round = 0; round < 5; round++)
      for (const claim of bench.want(1, 12_000, 4))
        bench.submit(1, claim, { ...rightResults(claim), computeMicros: claim.count * 1e6 });
    for (const { count } of bench.want(1, 12_000, 4)) expect(count).toBeLessThanOrEqual(8);
  });

  test('SCH-6 near its end a job is shared among the crowd', () => {
    const bench = new Bench();
    bench.addJob({ shards: 400, replication: single });
    for (let node = 1; node <= 10; node++) bench.join(node);
    const pace = (claim: { first: number; count: number }) => ({
      ...rightResults(claim),
      computeMicros: claim.count * 60_000,
    });
    for (const claim of bench.want(1, 100)) bench.submit(1, claim, pace(claim));
    const [claim] = bench.want(1, 10_000);
    bench.submit(1, claim, pace(claim));
    expect(bench.want(2, 10_000)[0].count).toBeLessThanOrEqual(20);
  });

  test('SCH-12 kind, memory and project decide who gets what', () => {
    const bench = new Bench();
    bench.addJob({ job: 1, kind: 'javascript', memoryMiB: 512, project: 'p' });
    bench.join(1, { kinds: ['wasi'] });
    bench.join(2, { memoryMiB: 256 });
    bench.join(3, { projects: ['q'] });
    bench.join(4, { projects: ['p', 'q'] });
    expect([1, 2, 3, 4].map((node) => bench.want(node).length > 0)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test('SCH-24 a node that gets nothing is told why, once', () => {
    const bench = new Bench();
    bench.join(1, { kinds: ['wasi'], projects: ['q'] });
    bench.want(1);
    bench.addJob({ job: 1, kind: 'javascript' });
    bench.addJob({ job: 2, project: 'p' });
    bench.tick(1000);
    bench.addJob({ job: 3, project: 'q', shards: 1 });
    bench.submit(1, leasesOf(bench.effects, 1)[0]);
    bench.tick(1000);
    expect(bench.of('idle').map(({ reason }) => reason)).toEqual([
      'no-jobs',
      'none-for-kind',
      'none-for-project',
      'waiting-for-others',
    ]);
  });
});

const single = { policy: 'quorum' as const, replicas: 1, quorum: 1, maxAttempts: 6 };

function fast(claim: { first: number; count: number }) {
  return { ...rightResults(claim), computeMicros: claim.count * MICROS_FAST };
}

/** Has a node run all that it is given; returns the leases. */
function drain(bench: Bench, node: number) {
  const seen = new Set<bigint>();
  const ran = [];
  for (let round = 0; round < 200; round++) {
    bench.want(node, 1_000_000);
    const fresh = leasesOf(bench.effects, node).filter(({ lease }) => !seen.has(lease));
    if (fresh.length === 0) return ran;
    for (const claim of fresh) {
      seen.add(claim.lease);
      ran.push(claim);
      bench.submit(node, claim);
    }
  }
  throw new Error('there is always more');
}
