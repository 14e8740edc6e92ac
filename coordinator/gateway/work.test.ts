import { afterEach, beforeEach, expect, test } from 'vitest';
import { JobSpec } from '../../shared/job/spec.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import { TestBed } from './test-bed.ts';
import type { LeaseFrame, TestNode } from './test-node.ts';

/** Only a failing test waits so long. */
const PATIENCE = { timeout: 20_000 };

let bed: TestBed;
beforeEach(async () => {
  bed = await new TestBed().start();
});
afterEach(() => bed.destroy());

/** Submits a whole lease; returns how many shards were acknowledged. */
async function work(node: TestNode, lease: LeaseFrame): Promise<number> {
  node.send(await node.submission(lease));
  return (await node.next('ack')).count;
}

test('GAT-20 a job comes before its first lease, once a connection', async () => {
  const job = await bed.job({ shards: 10 });
  const node = await bed.node();
  node.send({ type: 'want', threads: 1, milliseconds: 1000 });
  const frame = await node.next('job');
  expect(frame.job).toMatchObject({ id: job.id, shards: 10, collect: { value: true } });
  const lease = await node.next('lease');
  expect(lease).toMatchObject({ job: job.id, first: 0 });
});

test('GAT-21 a submission is acknowledged when it is durable, and a verdict is tallied', async () => {
  const job = await bed.job({ shards: 10 });
  const [a, b] = [await bed.node(), await bed.node()];
  const first = await a.lease();
  await work(a, first);
  expect(await bed.store.submissionsOf(job.number, 0)).toHaveLength(1);
  await work(b, await b.lease());
  expect(await a.next('tally')).toMatchObject({ agreed: first.count, rejected: 0 });
  const [logged] = await bed.store.verdicts(job.number, 0, 1e6);
  expect(logged.verdicts.statuses).toEqual(new Uint8Array(first.count));
});

test('GAT-22 a job is computed to its end, and says so to those who listen', async () => {
  const job = await bed.job({ shards: 300 });
  const told: number[] = [];
  bed.dispatcher.onJobChange((number) => told.push(number));
  const nodes = [await bed.node(), await bed.node()];
  const running = nodes.map(async (node) => {
    node.send({ type: 'want', threads: 4, milliseconds: 1e6 });
    for (;;) {
      const lease = await node.next('lease').catch(() => null);
      if (lease === null) return;
      node.send(await node.submission(lease));
    }
  });
  await expect.poll(async () => (await bed.store.job(job.id))?.state, PATIENCE).toBe('done');
  const row = await bed.store.job(job.id);
  expect(row).toMatchObject({ done: 300, failed: 0 });
  expect(told).toContain(job.number);
  if (row) expect(bed.dispatcher.progress(row).counts).toMatchObject({ done: 300, waiting: 0 });
  for (const node of nodes) node.close();
  await Promise.all(running);
});

test('GAT-23 submissions that can never be taken are refused with their reason', async () => {
  await bed.job({ shards: 1000 });
  const [a, b] = [await bed.node(), await bed.node()];
  const mine = await a.lease();
  const theirs = await b.lease();
  const codeFor = async (submission: Parameters<TestNode['send']>[0]) => {
    a.send(submission);
    return (await a.next('refuse')).code;
  };
  const count = 1;
  const part = { count };

  expect(await codeFor(await a.submission(theirs, part))).toBe('TICKET_OF_ANOTHER_NODE');
  expect(await codeFor(await a.submission(mine, part, { ticket: new Uint8Array(93) }))).toBe(
    'TICKET_INVALID',
  );
  expect(await codeFor(await a.submission(mine, { first: mine.first + mine.count, count }))).toBe(
    'SUBMISSION_OUTSIDE_LEASE',
  );
  expect(await codeFor(await a.submission(mine, part, {}, { statuses: Uint8Array.of(1) }))).toBe(
    'SIGNATURE_INVALID',
  );
  expect(await codeFor(await b.submission(mine, part))).toBe('SIGNATURE_INVALID');

  const contradictions = [
    { statuses: new Uint8Array(2) },
    { statuses: Uint8Array.of(99) },
    { digests: new Uint8Array(31) },
    { lengths: new Uint8Array(3) },
    { lengths: new Uint8Array(4) },
    { lengths: new Uint8Array(4).fill(255) },
    { statuses: Uint8Array.of(Outcome.timeLimit) },
    { details: [{ at: 1, message: '', stderr: '' }] },
  ];
  for (const changes of contradictions)
    expect(await codeFor(await a.submission(mine, part, {}, changes))).toBe('SUBMISSION_INVALID');
  expect(await work(a, mine)).toBe(mine.count);
});

test('GAT-24 the same submission twice is acknowledged twice and counted once', async () => {
  const job = await bed.job({ shards: 100 });
  const node = await bed.node();
  const lease = await node.lease();
  const submission = await node.submission(lease);
  node.send(submission);
  node.send(submission);
  await node.next('ack');
  await node.next('ack');
  expect(await bed.store.submissionsOf(job.number, 0)).toHaveLength(1);
});

test('GAT-25 results for a cancelled job are refused, and its leases are revoked', async () => {
  const job = await bed.job({ shards: 100 });
  const node = await bed.node();
  const lease = await node.lease();
  await bed.dispatcher.cancelJob(job);
  expect(await node.next('revoke')).toMatchObject({ reason: 'cancelled' });
  expect(await bed.store.job(job.id)).toMatchObject({ state: 'cancelled' });
  node.send(await node.submission(lease));
  expect(await node.next('refuse')).toMatchObject({ code: 'JOB_ENDED' });
});

test('GAT-26 an output that does not fit its digest never becomes a verdict', async () => {
  const job = await bed.job({ shards: 1 });
  const [a, b, c] = [await bed.node(), await bed.node(), await bed.node()];
  await work(a, await a.lease());
  const lease = await b.lease();
  const honest = await b.submission(lease);
  b.send({ ...honest, outputs: Uint8Array.from(honest.outputs, () => 0x41) });
  await b.next('ack');
  await work(c, await c.lease());
  await expect.poll(async () => (await bed.store.job(job.id))?.state, PATIENCE).toBe('done');
  const [{ verdicts }] = await bed.store.verdicts(job.number, 0, 1e6);
  expect(Buffer.from(verdicts.outputs).toString()).toBe('0');
  expect(await bed.store.nodeTotals(Buffer.from(b.keys.publicKey).toString('hex'))).toMatchObject({
    agreed: 0,
    rejected: 1,
  });
});

test('GAT-27 work leased before a restart is taken after it, and so are its tickets', async () => {
  const job = await bed.job({ shards: 20 });
  const before = await bed.node();
  const lease = await before.lease();
  const half = { first: lease.first, count: 1 };
  before.send(await before.submission(lease, half));
  await before.next('ack');
  await bed.stop();
  await bed.start();

  const node = await bed.node({ keys: before.keys });
  node.send({ type: 'resume', tickets: [lease.ticket, new Uint8Array(93)] });
  expect(await node.next('revoke')).toMatchObject({ reason: 'unknown' });
  node.send(await node.submission(lease, half));
  expect(await node.next('ack')).toMatchObject(half);
  expect(await bed.store.submissionsOf(job.number, 0)).toHaveLength(1);
});

test('GAT-28 a retry runs failed shards again, in a job that had ended too', async () => {
  const spec = JobSpec.parse({
    name: 'retried',
    program: { kind: 'javascript', blob: 'ab'.repeat(32) },
    inputs: { kind: 'range', from: 0, to: 2 },
    replication: { policy: 'quorum', replicas: 1, quorum: 1, maxAttempts: 2 },
  });
  const job = await bed.job({ shards: 3, spec });
  const node = await bed.node();
  node.send({ type: 'want', threads: 4, milliseconds: 1e6 });
  const runUntilDone = async (status: (shard: number) => number) => {
    while ((await bed.store.job(job.id))?.state !== 'done') {
      node.send(await node.submission(await node.next('lease'), { status }));
      await node.next('ack');
    }
  };
  await runUntilDone((shard) => (shard === 0 ? Outcome.ok : Outcome.exception));
  expect(await bed.store.job(job.id)).toMatchObject({ done: 1, failed: 2 });
  expect(await bed.dispatcher.retryShards(job, [0, 1])).toBe(1);
  expect((await bed.store.job(job.id))?.state).toBe('running');
  node.send({ type: 'want', threads: 4, milliseconds: 1e6 });
  await runUntilDone(() => Outcome.ok);
  expect(await bed.store.job(job.id)).toMatchObject({ done: 2, failed: 1 });
});

test('GAT-29 what was submitted for a block that was taken away meanwhile is handed in again', async () => {
  const job = await bed.job({ shards: 100 });
  const node = await bed.node();
  const lease = await node.lease();
  await bed.store.claimBlock(job.number, 0, 'another coordinator');
  expect(await work(node, lease)).toBe(lease.count);
  expect(await bed.store.submissionsOf(job.number, 0)).toHaveLength(1);
  expect(bed.dispatcher.health()).toMatchObject({ state: 'well' });
});

test('GAT-19 progress and mosaic tell of durable verdicts and of what is under way', async () => {
  const job = await bed.job({ shards: 1000 });
  const [a, b] = [await bed.node(), await bed.node()];
  expect(bed.dispatcher.progress(job)).toMatchObject({
    counts: { waiting: 1000, active: 0, done: 0, failed: 0 },
    remainingMs: null,
  });
  const lease = await a.lease();
  await work(a, lease);
  await work(b, await b.lease());
  const { counts, computeMs } = bed.dispatcher.progress(job);
  expect(counts.done).toBe(lease.count);
  expect(counts.waiting + counts.active + counts.done).toBe(1000);
  expect(computeMs).toBe(2);
  const { cells, perCell } = await bed.dispatcher.mosaic(job, 10);
  expect(perCell).toBe(100);
  expect(cells[0][2]).toBe(lease.count);
  expect(cells.flat().reduce((sum, count) => sum + count)).toBe(1000);
});

test('GAT-45 what a node hands over comes with the next lease of the shard; another’s ticket is a fault', async () => {
  await bed.job({ shards: 1 });
  const [a, b, c] = [await bed.node(), await bed.node(), await bed.node()];
  const { ticket, first } = await a.lease();
  const faults = bed.dispatcher.counters().faults;
  c.send({ type: 'hand-over', ticket, shard: first, checkpoint: Uint8Array.of(6, 6) });
  a.send({ type: 'hand-over', ticket, shard: first + 1, checkpoint: Uint8Array.of(7) });
  await expect.poll(() => bed.dispatcher.counters().faults, PATIENCE).toBe(faults + 2);
  a.send({ type: 'hand-over', ticket, shard: first, checkpoint: Uint8Array.of(1, 2, 3) });
  a.send({ type: 'leave' });
  await a.end();
  const lease = await b.lease();
  const given = lease.checkpoints?.map(({ shard, checkpoint }) => [shard, ...checkpoint]);
  expect(given).toEqual([[first, 1, 2, 3]]);
  expect(await work(b, lease)).toBe(1);
});
