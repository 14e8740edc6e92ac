import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { MAX_INLINE_OUTPUT_BYTES } from '../../shared/job/limits.ts';
import { JobSpec } from '../../shared/job/spec.ts';
import { MAX_BACKLOG_BYTES } from './limits.ts';
import { TestBed } from './test-bed.ts';

test('GAT-30 while the disk is full nothing is acknowledged, everybody is told, and nothing is lost', async () => {
  const bed = await new TestBed().start();
  const job = await bed.job({ shards: 2000 });
  const [a, b] = [await bed.node(), await bed.node()];
  const leases = { a: await a.lease(), b: await b.lease() };
  const pages = Number(bed.database.prepare('PRAGMA page_count').get()?.page_count);
  bed.database.connection.exec(`PRAGMA max_page_count = ${pages}`);

  const details = Array.from({ length: 8 }, () => ({
    at: 0,
    message: 'm'.repeat(4096),
    stderr: 's'.repeat(4096),
  }));
  a.send(await a.submission(leases.a, {}, {}, { details }));
  expect(await a.next('error')).toMatchObject({ code: 'STORE_FULL' });
  expect(await b.next('error')).toMatchObject({ code: 'STORE_FULL' });
  expect(bed.dispatcher.health()).toMatchObject({ state: 'failing', code: 'STORE_FULL' });
  b.send(await b.submission(leases.b, {}, {}, { details }));
  const late = await bed.node();
  expect(await late.next('error')).toMatchObject({ code: 'STORE_FULL' });
  expect(a.pending('ack')).toEqual([]);
  expect(await bed.store.submissionsOf(job.number, 0)).toEqual([]);

  bed.database.connection.exec('PRAGMA max_page_count = 1000000');
  expect(await a.next('ack')).toMatchObject({ count: leases.a.count });
  expect(await b.next('ack')).toMatchObject({ count: leases.b.count });
  expect(bed.dispatcher.health()).toMatchObject({ state: 'well' });
  expect(await bed.store.submissionsOf(job.number, 0)).toHaveLength(2);
  expect(await bed.store.job(job.id)).toMatchObject({ done: leases.a.count });
  await bed.destroy();
});

test('GAT-32 while too much waits for the store nothing more is read, and it is read later', async () => {
  const bed = await new TestBed().start();
  const spec = JobSpec.parse({
    name: 'large',
    program: { kind: 'javascript', blob: 'ab'.repeat(32) },
    inputs: { kind: 'range', from: 1, to: 100_000 },
    limits: { outputBytes: MAX_INLINE_OUTPUT_BYTES },
  });
  const job = await bed.job({ shards: 100_000, spec });
  const nodes = await Promise.all(Array.from({ length: 8 }, () => bed.node()));
  const leases = await Promise.all(nodes.map((node) => node.lease()));
  bed.database.connection.exec('PRAGMA max_page_count = 1');
  const details = Array.from({ length: 4 }, () => ({
    at: 0,
    message: 'm'.repeat(4096),
    stderr: 's'.repeat(4096),
  }));
  const output = () => 'x'.repeat(MAX_INLINE_OUTPUT_BYTES);
  const needed = MAX_BACKLOG_BYTES / MAX_INLINE_OUTPUT_BYTES;
  const sent = 2 * nodes.length;
  for (let i = 0; i < sent; i++) {
    const [node, lease] = [nodes[i % nodes.length], leases[i % nodes.length]];
    const part = { first: lease.first + Math.floor(i / nodes.length), count: 1, output };
    node.send(await node.submission(lease, part, {}, { details }));
  }
  const taken = () => bed.dispatcher.counters().submissions;
  await expect.poll(taken, { timeout: 20_000 }).toBeGreaterThanOrEqual(needed);
  await setTimeout(200);
  expect(taken()).toBeLessThan(sent);

  bed.database.connection.exec('PRAGMA max_page_count = 1000000');
  for (let i = 0; i < sent; i++) await nodes[i % nodes.length].next('ack');
  expect(await bed.store.submissionsOf(job.number, 0)).toHaveLength(sent);
  await bed.destroy();
});
