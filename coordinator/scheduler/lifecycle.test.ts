import { describe, expect, test } from 'vitest';
import { Outcome } from '../../shared/verdict/outcome.ts';
import { allResults, Bench, leasesOf, rightResults } from './testing/bench.ts';

const single = { policy: 'quorum' as const, replicas: 1, quorum: 1, maxAttempts: 6 };

describe('leases that are not completed', () => {
  test('SCH-7 what a node held is leased again at once when it is gone', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1, replication: single });
    bench.join(1);
    bench.join(2);
    bench.want(1);
    expect(bench.want(2)).toEqual([]);
    const effects = bench.handle({ type: 'node-gone', node: 1 });
    expect(leasesOf(effects, 2)).toMatchObject([{ first: 0, count: 1 }]);
  });

  test('SCH-7 what a node gives back is leased to others at once', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1, replication: single });
    bench.join(1);
    bench.join(2);
    const leases = bench.want(1);
    bench.want(2);
    expect(leasesOf(bench.handle({ type: 'renounced', node: 1, leases }), 2)).toHaveLength(1);
  });

  test('SCH-8 a lease ends at its deadline, and its results count when they come later', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1 });
    bench.join(1);
    bench.join(2);
    const [slow] = bench.want(1);
    const [other] = bench.want(2);
    bench.submit(2, other);
    bench.tick(slow.deadline - bench.now + 1);
    expect(bench.scheduler.views.nodes(1)).toBe(0);
    bench.submit(1, slow);
    expect(bench.of('finish-job')).toHaveLength(1);
  });

  test('SCH-8 a node whose lease lapsed gets its shards again when nobody else takes them', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1, replication: single });
    bench.join(1);
    const [claim] = bench.want(1);
    bench.tick(claim.deadline - bench.now + 1);
    expect(bench.want(1)).toEqual([]);
    bench.tick(31_000);
    expect(leasesOf(bench.effects, 1)).toHaveLength(2);
  });

  test('SCH-9 near the end idle nodes run the slowest shards too, once, and the loser is told to stop', () => {
    const bench = new Bench();
    bench.addJob({ shards: 2, replication: single });
    bench.join(1);
    const [quick] = bench.want(1, 100);
    bench.submit(1, quick);
    const [, slow] = leasesOf(bench.effects, 1);
    bench.join(2);
    bench.join(3);
    expect(bench.want(2)).toEqual([]);
    bench.want(3);
    const effects = bench.tick(5_000);
    const extra = [...leasesOf(effects, 2), ...leasesOf(effects, 3)];
    expect(extra).toMatchObject([{ first: slow.first, count: 1 }]);
    const winner = bench.submit(2, extra[0]);
    expect(bench.of('revoke', winner)).toMatchObject([
      { node: 1, leases: [slow.lease], reason: 'decided' },
    ]);
    expect(bench.of('finish-job')).toHaveLength(1);
  });

  test('SCH-26 a lease whose shards were decided by others is revoked', () => {
    const bench = new Bench();
    bench.addJob({
      shards: 9000,
      blockShards: 2,
      replication: { ...single, replicas: 3, quorum: 2 },
    });
    for (const node of [1, 2, 3]) bench.join(node, { threads: 2 });
    const [a, b, c] = [1, 2, 3].map((node) => bench.want(node, 1, 2)[0]);
    bench.submit(1, a);
    expect(bench.of('revoke', bench.submit(2, b))).toMatchObject([
      { node: 3, leases: [c.lease], reason: 'decided' },
    ]);
  });
});

describe('jobs that end', () => {
  test('SCH-14 at its deadline a job expires, and its leases are revoked', () => {
    const bench = new Bench();
    bench.addJob({ deadline: bench.now + 5_000 });
    bench.join(1);
    const [claim] = bench.want(1);
    expect(claim.deadline).toBeLessThanOrEqual(bench.now + 5_000);
    const effects = bench.tick(5_000);
    expect(bench.of('revoke', effects)).toMatchObject([{ reason: 'expired' }]);
    expect(bench.of('finish-job', effects)).toMatchObject([{ state: 'expired' }]);
  });

  test('SCH-15 a cancelled job leaves nothing behind', () => {
    const bench = new Bench();
    bench.addJob();
    bench.join(1);
    bench.want(1);
    const effects = bench.handle({ type: 'job-cancelled', job: 1 });
    expect(bench.of('revoke', effects)).toMatchObject([{ reason: 'cancelled' }]);
    expect(bench.of('finish-job', effects)).toMatchObject([{ state: 'cancelled' }]);
    expect(bench.scheduler.views.active(1)).toBe(0);
    expect(bench.want(1)).toEqual([]);
  });

  test.each(['in memory', 'finished'])(
    'SCH-16 failed shards of a block %s start afresh',
    (where) => {
      const bench = new Bench();
      bench.addJob({ shards: where === 'finished' ? 6 : 3, blockShards: 3, replication: single });
      bench.join(1, { threads: 3 });
      const trap = { outcome: Outcome.trap, output: '' };
      const [claim] = bench.want(1, 1, 3);
      bench.submit(1, claim, allResults({ first: 0, count: 2 }, trap));
      if (where === 'finished') bench.submit(1, claim, rightResults({ first: 2, count: 1 }));
      expect(bench.durable.retry(1, [1])).toBe(1);
      const finished = bench.durable.finished(1);
      bench.handle({ type: 'shards-retried', job: 1, shards: [1], finished });
      const ran = new Set<bigint>();
      for (let round = 0; round < 10; round++) {
        bench.want(1, 1_000_000, 3);
        for (const held of leasesOf(bench.effects, 1))
          if (!ran.has(held.lease)) bench.submit(1, held);
        for (const held of leasesOf(bench.effects, 1)) ran.add(held.lease);
      }
      expect(bench.durable.counts(1)).toEqual({ done: where === 'finished' ? 5 : 2, failed: 1 });
      expect(bench.of('finish-job')).toHaveLength(1);
    },
  );

  test('SCH-16 a job that had ended goes on when its failed shards are retried', () => {
    const bench = new Bench();
    bench.addJob({ shards: 2, replication: single });
    bench.join(1, { threads: 2 });
    const [claim] = bench.want(1, 1, 2);
    bench.submit(1, claim, allResults(claim, { outcome: Outcome.trap, output: '' }));
    bench.durable.retry(1, 'all');
    bench.handle(bench.durable.added(1));
    for (const held of bench.want(1, 1, 2)) bench.submit(1, held);
    expect(bench.durable.counts(1)).toEqual({ done: 2, failed: 0 });
    expect(bench.of('finish-job')).toHaveLength(2);
  });
});

describe('restarts and losses', () => {
  test('SCH-17 after a reconnect a lease goes on, and nobody else gets its shards', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1, replication: single });
    bench.join(1);
    const leases = bench.want(1);
    bench.handle({ type: 'node-gone', node: 1 });
    bench.join(2, { key: 'key 1' });
    bench.handle({ type: 'resumed', node: 2, leases });
    bench.join(3);
    expect(bench.want(3)).toEqual([]);
    bench.submit(2, leases[0]);
    expect(bench.of('finish-job')).toHaveLength(1);
  });

  test('SCH-17 after a restart leases are resumed and results of before are taken', () => {
    const bench = new Bench();
    bench.addJob({ shards: 4 });
    bench.join(1, { threads: 4 });
    bench.join(2, { threads: 4 });
    const first = bench.want(1, 1, 4);
    const [second] = bench.want(2, 1, 4);
    bench.restart();
    bench.join(3, { key: 'key 1' });
    bench.handle({ type: 'resumed', node: 3, leases: first });
    expect(bench.scheduler.views.nodes(1)).toBe(1);
    bench.submit(3, first[0]);
    bench.join(4, { key: 'key 2' });
    bench.submit(4, second);
    expect(bench.of('finish-job')).toHaveLength(1);
  });

  test('SCH-17 a lease of which nothing is left is revoked when it is resumed', () => {
    const bench = new Bench();
    bench.addJob({ shards: 2, blockShards: 1, replication: single });
    bench.join(1);
    const leases = bench.want(1, 1);
    bench.submit(1, leases[0]);
    bench.handle({ type: 'node-gone', node: 1 });
    bench.join(2, { key: 'key 1' });
    const effects = bench.handle({ type: 'resumed', node: 2, leases });
    expect(bench.of('revoke', effects)).toMatchObject([{ reason: 'decided' }]);
    const unknown = [{ ...leases[0], job: 5 }];
    const other = bench.handle({ type: 'resumed', node: 2, leases: unknown });
    expect(bench.of('revoke', other)).toMatchObject([{ reason: 'unknown' }]);
  });

  test('SCH-21 effects that were lost are made again, and counted once', () => {
    const bench = new Bench();
    bench.addJob({ shards: 2, replication: single });
    bench.join(1, { threads: 2 });
    const [claim] = bench.want(1, 1, 2);
    // Handled, but never durable: the last block and with it the job seemed to be done.
    const lost = bench.scheduler.handle(
      { type: 'submitted', node: 1, claim, results: rightResults(claim) },
      bench.now,
    );
    expect(bench.of('finish-job', lost)).toHaveLength(1);
    bench.handle({ type: 'blocks-lost', blocks: [{ job: 1, block: 0 }] });
    bench.submit(1, claim);
    expect(bench.durable.counts(1)).toEqual({ done: 2, failed: 0 });
    expect(bench.durable.job(1).state).toBe('done');
  });

  test('SCH-21 leases stay out while their block is claimed again', () => {
    const bench = new Bench();
    bench.addJob({ shards: 2, replication: single });
    bench.join(1, { threads: 2 });
    const [claim] = bench.want(1, 1, 2);
    bench.scheduler.handle(
      {
        type: 'submitted',
        node: 1,
        claim,
        results: rightResults({ first: claim.first, count: 1 }),
      },
      bench.now,
    );
    bench.handle({ type: 'blocks-lost', blocks: [{ job: 1, block: 0 }] });
    bench.join(2, { threads: 2 });
    expect(bench.want(2, 1, 2)).toMatchObject([{ first: 0, count: 1 }]);
    expect(bench.scheduler.views.active(1)).toBe(2);
  });

  test('SCH-20 a restart at any point ends in the same verdicts', () => {
    for (let crashAt = 0; crashAt < 8; crashAt++) {
      const bench = new Bench();
      bench.addJob({ shards: 4, blockShards: 2 });
      for (let step = 0; step < 8; step++) {
        if (step === crashAt) bench.restart();
        const node = 10 * step + (step % 2);
        bench.join(node, { key: `key ${step % 2}` });
        for (const claim of bench.want(node, 1)) bench.submit(node, claim);
      }
      const end = [0, 1];
      for (const key of end) {
        bench.join(1000 + key, { key: `key ${key}` });
        for (let round = 0; round < 10; round++)
          for (const claim of bench.want(1000 + key, 1)) bench.submit(1000 + key, claim);
      }
      expect(bench.durable.counts(1)).toEqual({ done: 4, failed: 0 });
    }
  });
});
