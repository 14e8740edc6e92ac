import { expect, test } from 'vitest';
import { TestBed } from './test-bed.ts';

test('GAT-40 while the disk is full nothing is acknowledged, everybody is told, and nothing is lost', async () => {
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
