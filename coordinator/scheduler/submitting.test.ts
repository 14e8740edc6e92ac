import { describe, expect, test } from 'vitest';
import { GAVE_UP, Outcome } from '../../shared/verdict/outcome.ts';
import type { LeaseClaim } from './events.ts';
import { allResults, Bench, leasesOf, rightResults } from './testing/bench.ts';
import { resultsOf } from './testing/results.ts';

/** A bench with one job of a few shards, and nodes that hold leases for all of it, one each. */
function leased(nodes: number, over: Parameters<Bench['addJob']>[0] = {}) {
  const bench = new Bench();
  bench.addJob({ shards: 4, ...over });
  const claims: LeaseClaim[] = [];
  for (let node = 1; node <= nodes; node++) {
    bench.join(node, { threads: 8 });
    const claim = bench.want(node, 100_000, 4)[0];
    if (claim) claims.push(claim);
  }
  return { bench, claims };
}

describe('submissions', () => {
  test('VER-1 SCH-22 two equal answers make the verdicts, the block and the job complete, all before the acknowledgement', () => {
    const { bench, claims } = leased(2);
    const types = (node: number) =>
      bench
        .submit(node, claims[node - 1])
        .map(({ type }) => type)
        .filter((type) => type !== 'idle');
    expect(types(1)).toEqual(['keep-submission', 'ack']);
    expect(types(2)).toEqual([
      'keep-submission',
      'keep-verdicts',
      'credit',
      'credit',
      'ack',
      'finish-block',
      'finish-job',
    ]);
    const [{ verdicts }] = bench.of('keep-verdicts');
    expect([...verdicts.shards]).toEqual([0, 1, 2, 3]);
    expect([...verdicts.agreed]).toEqual([2, 2, 2, 2]);
    expect(new TextDecoder().decode(verdicts.outputs)).toBe('answer 0answer 1answer 2answer 3');
    expect(bench.scheduler.views.blocks(1)).toEqual([]);
  });

  test('VER-4 outputs go into verdicts, not into kept submissions', () => {
    const { bench, claims } = leased(2);
    for (const node of [1, 2]) bench.submit(node, claims[node - 1]);
    for (const { submission } of bench.of('keep-submission'))
      expect(submission.results.outputs).toHaveLength(0);
  });

  test('VER-4 an output that is not that of its digest is no vote, and its node is caught', () => {
    const { bench, claims } = leased(3);
    const right = rightResults(claims[0]);
    bench.submit(1, claims[0]);
    const forged = { ...right, outputs: right.outputs.slice().fill(63) };
    bench.submit(2, claims[1], forged);
    expect(bench.of('keep-verdicts')).toEqual([]);
    expect(bench.of('credit')).toMatchObject([{ key: 'key 2', agreed: 0, rejected: 4 }]);
    const evidence = bench.of('keep-submission')[1].submission.results;
    expect(evidence.outputs).toEqual(forged.outputs);
    bench.submit(3, leasesOf(bench.effects, 3)[0]);
    expect(bench.of('finish-job')).toHaveLength(1);
    expect(bench.durable.credits.get('key 2')).toEqual({ agreed: 0, rejected: 4 });
  });

  test('VER-4 forged outputs are found again when the block is replayed', () => {
    const { bench, claims } = leased(3);
    bench.submit(1, claims[0]);
    const right = rightResults(claims[1]);
    bench.submit(2, claims[1], { ...right, outputs: right.outputs.slice().fill(63) });
    bench.restart();
    bench.join(12, { key: 'key 2' });
    bench.join(13, { key: 'key 3' });
    expect(bench.want(12)).toEqual([]);
    for (const claim of bench.want(13, 100_000, 4)) bench.submit(13, claim);
    for (const claim of leasesOf(bench.effects, 13).slice(1)) bench.submit(13, claim);
    expect(bench.durable.counts(1)).toEqual({ done: 4, failed: 0 });
  });

  test('VER-7 a wrong answer is rejected when the right one is believed', () => {
    const { bench, claims } = leased(2);
    bench.submit(1, claims[0], allResults(claims[0], { outcome: 0, output: 'wrong' }));
    bench.submit(2, claims[1]);
    bench.join(3, { threads: 8 });
    for (const claim of bench.want(3, 100_000, 4)) bench.submit(3, claim);
    for (const claim of leasesOf(bench.effects, 3).slice(1)) bench.submit(3, claim);
    const totals = Object.fromEntries(bench.durable.credits);
    expect(totals).toEqual({
      'key 1': { agreed: 0, rejected: 4 },
      'key 2': { agreed: 4, rejected: 0 },
      'key 3': { agreed: 4, rejected: 0 },
    });
  });

  test('VER-7 what comes after the verdict still tells its node whether it agreed', () => {
    const { bench, claims } = leased(3, {
      shards: 8,
      replication: { policy: 'quorum', replicas: 3, quorum: 2, maxAttempts: 6 },
    });
    bench.submit(1, claims[0]);
    bench.submit(2, claims[1]);
    bench.submit(3, claims[2]);
    expect(bench.durable.credits.get('key 3')).toEqual({ agreed: claims[2].count, rejected: 0 });
  });

  test('SCH-13 runs that fail by the machine are tried by others, up to the cap, with the reason', () => {
    const { bench, claims } = leased(0, {
      shards: 1,
      replication: { policy: 'quorum', replicas: 2, quorum: 2, maxAttempts: 3 },
    });
    expect(claims).toEqual([]);
    const outcomes = [Outcome.crashed, Outcome.ok, Outcome.timeLimit];
    outcomes.forEach((outcome, i) => {
      bench.join(i + 1);
      const [claim] = bench.want(i + 1);
      const answer = { outcome, output: outcome === Outcome.ok ? 'x' : '', message: 'why' };
      bench.submit(i + 1, claim, resultsOf(0, [answer]));
    });
    const [{ verdicts }] = bench.of('keep-verdicts');
    expect([...verdicts.statuses]).toEqual([GAVE_UP]);
    expect([...verdicts.confidence]).toEqual([0]);
    expect(verdicts.details[0].message).toBe(
      'No verdict after 3 runs. The last one ended with timeLimit. why',
    );
    expect(bench.durable.credits.size).toBe(0);
    expect(bench.durable.counts(1)).toEqual({ done: 0, failed: 1 });
  });

  test('VER-8 a program that fails the same way everywhere has failed, with its message', () => {
    const { bench, claims } = leased(2, { shards: 2 });
    const trap = { outcome: Outcome.trap, output: '', message: 'unreachable' };
    bench.submit(1, claims[0], allResults(claims[0], trap));
    bench.submit(2, claims[1], allResults(claims[1], trap));
    const [{ verdicts }] = bench.of('keep-verdicts');
    expect([...verdicts.statuses]).toEqual([Outcome.trap, Outcome.trap]);
    expect(verdicts.details[1]).toEqual({ at: 1, message: 'unreachable', stderr: '' });
  });

  test('SCH-18 a submission that comes twice is acknowledged twice and counted once', () => {
    const { bench, claims } = leased(1);
    bench.submit(1, claims[0]);
    const again = bench.submit(1, claims[0]);
    expect(again.map(({ type }) => type)).toEqual(['ack']);
  });

  test('SCH-18 parts of a lease may come one by one', () => {
    const { bench, claims } = leased(2);
    const [, claim] = claims;
    bench.submit(1, claims[0]);
    for (const shard of [2, 0, 3, 1])
      bench.submit(2, claim, rightResults({ first: shard, count: 1 }));
    expect(bench.of('keep-verdicts').map(({ verdicts }) => [...verdicts.shards])).toEqual([
      [2],
      [0],
      [3],
      [1],
    ]);
    expect(bench.of('finish-job')).toHaveLength(1);
  });

  test('SCH-19 shards outside of the lease, and leases of others, are refused', () => {
    const { bench, claims } = leased(2);
    const beyond = bench.submit(1, { ...claims[0], count: 2 }, rightResults(claims[0]));
    expect(bench.of('refuse', beyond)).toMatchObject([{ code: 'LEASE_RANGE' }]);
    const foreign = bench.submit(2, claims[0]);
    expect(bench.of('refuse', foreign)).toMatchObject([{ code: 'LEASE_RANGE' }]);
    const outside = { ...claims[0], first: 4, count: 4 };
    expect(bench.of('refuse', bench.submit(1, outside))).toMatchObject([{ code: 'LEASE_RANGE' }]);
  });

  test('SCH-19 columns that do not fit, and outcomes that do not exist, are refused', () => {
    const { bench, claims } = leased(1);
    const right = rightResults(claims[0]);
    const malformed = [
      { ...right, digests: right.digests.subarray(1) },
      { ...right, lengths: right.lengths.subarray(4) },
      { ...right, outputs: right.outputs.subarray(1) },
      { ...right, statuses: right.statuses.slice().fill(9) },
    ];
    for (const results of malformed)
      expect(bench.of('refuse', bench.submit(1, claims[0], results))).toMatchObject([
        { code: 'SUBMISSION_MALFORMED' },
      ]);
  });

  test('SCH-19 jobs that ended or never were are told apart', () => {
    const { bench, claims } = leased(1);
    bench.handle({ type: 'job-cancelled', job: 1 });
    expect(bench.of('refuse', bench.submit(1, claims[0]))).toMatchObject([{ code: 'JOB_ENDED' }]);
    const unknown = bench.submit(1, { ...claims[0], job: 9 });
    expect(bench.of('refuse', unknown)).toMatchObject([{ code: 'JOB_UNKNOWN' }]);
  });

  test('SCH-5 SCH-19 a second answer from one network is not counted, however it came about', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1 });
    bench.join(1, { network: '10.1' });
    bench.join(2, { network: '10.2' });
    const [first] = bench.want(1);
    const [second] = bench.want(2);
    bench.submit(1, first);
    bench.handle({ type: 'node-gone', node: 2 });
    bench.join(3, { network: '10.1', key: 'key 2' });
    const effects = bench.submit(3, second);
    expect(bench.of('refuse', effects)).toMatchObject([{ code: 'NETWORK_COUNTED' }]);
  });

  test('SCH-27 a node that only ever crashes rests, and others get the work', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1000 });
    bench.join(1);
    const crash = { outcome: Outcome.crashed, output: '' };
    for (let round = 0; round < 20; round++)
      for (const claim of bench.want(1)) bench.submit(1, claim, allResults(claim, crash));
    expect(bench.of('keep-submission').length).toBeLessThanOrEqual(3);
    bench.tick(10_000);
    expect(leasesOf(bench.effects, 1).length).toBeGreaterThan(3);
  });
});
