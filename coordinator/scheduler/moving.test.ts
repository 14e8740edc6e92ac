import { describe, expect, test } from 'vitest';
import type { LeaseClaim, SchedulerEffect } from './events.ts';
import { MAX_JOB_CHECKPOINT_BYTES } from './lineages.ts';
import { allResults, Bench, leasesOf, rightResults } from './testing/bench.ts';

const one = { policy: 'quorum', replicas: 1, quorum: 1, maxAttempts: 6 } as const;
const two = { policy: 'quorum', replicas: 2, quorum: 2, maxAttempts: 6 } as const;
const saved = Uint8Array.of(1, 2, 3);

function handOver(bench: Bench, node: number, claim: LeaseClaim, bytes = saved): void {
  const shard = claim.first;
  bench.handle({ type: 'handed-over', node, claim, shard, checkpoint: bytes });
}

/** What a node goes on with, of the leases among some effects. */
function goesOn(effects: readonly SchedulerEffect[]): number[][] {
  return effects.flatMap((effect) =>
    effect.type === 'lease' && effect.checkpoints
      ? effect.checkpoints.map(({ checkpoint }) => [...checkpoint])
      : [],
  );
}

function codes(effects: readonly SchedulerEffect[]): string[] {
  return effects.flatMap((effect) => (effect.type === 'refuse' ? [effect.code] : []));
}

function wants(bench: Bench, node: number): SchedulerEffect[] {
  return bench.handle({ type: 'node-wants', node, threads: 1, milliseconds: 1e6 });
}

/** Node 1 has handed over its run of the job's only shard and is gone; node 2 goes on with it. */
function moved(bench: Bench, replication: typeof one | typeof two = one): [LeaseClaim, LeaseClaim] {
  bench.addJob({ shards: 1, replication });
  for (const node of [1, 2, 3]) bench.join(node);
  const [first] = bench.want(1);
  handOver(bench, 1, first);
  bench.handle({ type: 'node-gone', node: 1 });
  const effects = wants(bench, 2);
  expect(goesOn(effects)).toEqual([[1, 2, 3]]);
  return [first, leasesOf(effects, 2)[0]];
}

describe('checkpoints that move', () => {
  test('SCH-40 the next node goes on with what one that is gone has left', () => {
    const bench = new Bench();
    const [, second] = moved(bench);
    bench.submit(2, second);
    expect(bench.of('finish-job')).toMatchObject([{ state: 'done' }]);
  });

  test('SCH-40 nothing is given while the node that has the run still computes', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1, replication: two });
    for (const node of [1, 2, 3]) bench.join(node);
    const [claim] = bench.want(1);
    handOver(bench, 1, claim);
    const effects = wants(bench, 2);
    expect(leasesOf(effects, 2)).toHaveLength(1);
    expect(goesOn(effects)).toEqual([]);
  });

  test('SCH-40 a run that goes on is leased by itself', () => {
    const bench = new Bench();
    bench.addJob({ shards: 8, timeMs: 10_000, replication: one });
    bench.join(1, { threads: 4 });
    bench.join(2, { threads: 4 });
    const [claim] = bench.want(1, 1e6, 4);
    expect(claim.count).toBeGreaterThan(2);
    const shard = claim.first + 1;
    bench.handle({ type: 'handed-over', node: 1, claim, shard, checkpoint: saved });
    bench.handle({ type: 'node-gone', node: 1 });
    const sizes = leasesOf(wants(bench, 2), 2);
    for (let i = 0; i < 3; i++) {
      const [last] = sizes.slice(-1);
      bench.submit(2, last);
      sizes.push(...leasesOf(wants(bench, 2), 2));
    }
    const leases = bench.of('lease').filter(({ node }) => node === 2);
    const continued = leases.filter(({ checkpoints }) => checkpoints);
    expect(continued.map(({ claim: { first, count } }) => [first, count])).toEqual([[shard, 1]]);
    for (const { claim, checkpoints } of leases)
      if (!checkpoints && claim.first <= shard) expect(claim.first + claim.count).toBe(shard);
  });

  test('SCH-41 who passed a run on gets its shard no more, and may not answer it a second time', () => {
    const bench = new Bench();
    const [first, second] = moved(bench, two);
    bench.join(4, { key: 'key 1' });
    expect(leasesOf(wants(bench, 4), 4)).toEqual([]);
    bench.submit(2, second);
    expect(codes(bench.submit(4, first))).toEqual(['LINEAGE_COUNTED']);
    expect(bench.of('keep-verdicts')).toEqual([]);
    const [third] = bench.want(3);
    bench.submit(3, third);
    expect(bench.of('keep-verdicts')).toHaveLength(1);
  });

  test('SCH-41 of a run that moved the first answer counts, whichever node it comes from', () => {
    const bench = new Bench();
    const [first, second] = moved(bench, two);
    bench.join(4, { key: 'key 1' });
    bench.submit(4, first);
    expect(codes(bench.submit(2, second))).toEqual(['LINEAGE_COUNTED']);
    expect(bench.of('keep-verdicts')).toEqual([]);
  });

  test('SCH-41 two nodes of the network of one who had a run count no second time either', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1, replication: two });
    for (const node of [1, 2, 3]) bench.join(node, { network: `net ${node}` });
    bench.join(5, { network: 'net 1' });
    const [first] = bench.want(1);
    handOver(bench, 1, first);
    bench.handle({ type: 'node-gone', node: 1 });
    const [second] = bench.want(2);
    bench.submit(2, second);
    expect(bench.want(5)).toEqual([]);
    expect(bench.want(3)).toHaveLength(1);
  });

  test('SCH-41 a run that goes on and is handed over again stays one run', () => {
    const bench = new Bench();
    const [, second] = moved(bench, two);
    handOver(bench, 2, second, Uint8Array.of(9));
    bench.handle({ type: 'node-gone', node: 2 });
    bench.join(4);
    const effects = wants(bench, 3);
    expect(goesOn(effects)).toEqual([[9]]);
    bench.submit(3, leasesOf(effects, 3)[0]);
    bench.join(6, { key: 'key 1' });
    bench.join(7, { key: 'key 2' });
    for (const node of [6, 7]) expect(bench.want(node)).toEqual([]);
    expect(bench.want(4)).toHaveLength(1);
  });

  test('SCH-42 a run that went on and failed proves nothing: the shard begins again', () => {
    const bench = new Bench();
    const [, second] = moved(bench);
    const failed = allResults(second, { outcome: 1, output: 'trap' });
    const effects = bench.submit(2, second, failed);
    expect(codes(effects)).toEqual(['RESUMED_RUN_FAILED']);
    expect(bench.of('keep-submission')).toEqual([]);
    const again = [...effects, ...wants(bench, 2)];
    expect(goesOn(again)).toEqual([]);
    const [fresh] = leasesOf(again, 2);
    bench.submit(2, fresh, rightResults(fresh));
    expect(bench.of('finish-job')).toMatchObject([{ state: 'done' }]);
  });

  test('SCH-43 a run does not move where too few others would be left for the quorum', () => {
    const bench = new Bench();
    bench.addJob({ shards: 1, replication: two });
    for (const node of [1, 2]) bench.join(node);
    const [first] = bench.want(1);
    handOver(bench, 1, first);
    bench.handle({ type: 'node-gone', node: 1 });
    const effects = wants(bench, 2);
    expect(leasesOf(effects, 2)).toHaveLength(1);
    expect(goesOn(effects)).toEqual([]);
    bench.join(4, { key: 'key 1' });
    expect(goesOn(wants(bench, 4))).toEqual([[1, 2, 3]]);
  });

  test('SCH-44 only what a node holds can be handed over', () => {
    const bench = new Bench();
    bench.addJob({ shards: 4, replication: one });
    for (const node of [1, 2]) bench.join(node);
    const [claim] = bench.want(1);
    handOver(bench, 2, claim);
    handOver(bench, 1, { ...claim, first: 3 });
    bench.submit(1, claim);
    handOver(bench, 1, claim);
    bench.handle({ type: 'node-gone', node: 1 });
    expect(goesOn(wants(bench, 2))).toEqual([]);
  });

  test('SCH-44 checkpoints are bounded; the oldest are dropped, a restart forgets them all', () => {
    const bench = new Bench();
    bench.addJob({ shards: 2, replication: one });
    for (const node of [1, 2, 3]) bench.join(node);
    const [a] = bench.want(1);
    const [b] = bench.want(2);
    handOver(bench, 1, a, new Uint8Array(MAX_JOB_CHECKPOINT_BYTES));
    handOver(bench, 2, b, Uint8Array.of(7));
    bench.handle({ type: 'node-gone', node: 1 });
    bench.handle({ type: 'node-gone', node: 2 });
    wants(bench, 3);
    for (let round = 0; round < 2; round++)
      for (const claim of leasesOf(bench.effects, 3)) bench.submit(3, claim);
    expect(goesOn(bench.effects)).toEqual([[7]]);
    expect(bench.of('finish-job')).toHaveLength(1);
    const after = new Bench();
    after.addJob({ shards: 1, replication: one });
    after.join(1);
    const [claim] = after.want(1);
    handOver(after, 1, claim);
    after.restart();
    after.join(2);
    expect(goesOn(wants(after, 2))).toEqual([]);
  });
});
