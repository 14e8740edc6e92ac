import { createHash, randomFillSync } from 'node:crypto';
import { type BrowserContext, expect, type Page } from '@playwright/test';
import { test } from './fixtures.ts';

test.use({ coordinatorArgs: ['--sample', '-'] });

const MIB = 1024 * 1024;
const CHUNK = 4 * MIB;
const PAGES = 3;
const LONG = { timeout: 90_000 };

/** Tells how long its content is. */
const MEASURE = '(text) => text.length';

async function contribute(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto('/');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  return page;
}

/** A figure of the operator's metrics. */
async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((line) => line.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

test("SWM-81 pages fetch a job's data from each other, and every one computes with it", async ({
  browser,
  coordinator,
  requester,
}) => {
  const file = Buffer.alloc(8 * MIB);
  randomFillSync(file);
  for (let at = 0; at < file.length; at++) file[at] = 32 + (file[at] & 63);
  const blob = await requester.upload(new Uint8Array(file));
  expect(blob.id).toBe(createHash('sha256').update(file).digest('hex'));
  const job = await requester.post(MEASURE, {
    name: 'measures',
    inputs: { kind: 'chunks', file: blob.id, bytes: CHUNK },
    replication: { policy: 'quorum', replicas: 3, quorum: 3 },
  });
  const contexts = await Promise.all(Array.from({ length: PAGES }, () => browser.newContext()));
  await Promise.all(contexts.map(contribute));
  // Three answers for each shard: every page has had all of the data.
  await expect.poll(async () => (await requester.job(job.id)).counts.done, LONG).toBe(2);
  const sent = await metric(coordinator.url, 'manyhands_blob_bytes_sent_total');
  expect(sent).toBeGreaterThan(file.length);
  expect(sent).toBeLessThan(0.85 * PAGES * file.length);
  const fromPeers = () => metric(coordinator.url, 'manyhands_blob_bytes_from_peers_total');
  await expect.poll(fromPeers, LONG).toBeGreaterThan(0.15 * PAGES * file.length);
  await Promise.all(contexts.map((context) => context.close()));
});

test('SWM-71 a returning visitor starts without a download', async ({
  page,
  coordinator,
  requester,
}) => {
  const file = Buffer.alloc(2 * MIB);
  randomFillSync(file);
  for (let at = 0; at < file.length; at++) file[at] = 32 + (file[at] & 63);
  const blob = await requester.upload(new Uint8Array(file));
  const inputs = { kind: 'chunks', file: blob.id, bytes: CHUNK } as const;
  const first = await requester.post(MEASURE, { name: 'first', inputs });
  await page.goto('/');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect.poll(async () => (await requester.job(first.id)).counts.done, LONG).toBe(1);
  await page.reload();
  const before = await metric(coordinator.url, 'manyhands_blob_bytes_sent_total');
  const second = await requester.post(MEASURE, { name: 'second', inputs });
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect.poll(async () => (await requester.job(second.id)).counts.done, LONG).toBe(1);
  const after = await metric(coordinator.url, 'manyhands_blob_bytes_sent_total');
  expect(after - before).toBe(0);
});
