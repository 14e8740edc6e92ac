import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, expect, type Page } from '@playwright/test';
import { Client } from '../sdk/client/client.ts';
import type { ResultRow } from '../shared/api/schemas.ts';
import type { JobSpecInput } from '../shared/job/spec.ts';
import { test } from './fixtures.ts';
import { Requester } from './requester.ts';

const SHARDS = 4;

declare global {
  /** What the page made addresses of, to be saved. */
  var saved: Blob[];
}

/** Returns some 700 KB that depend on the input. */
const large = (i: number): string => {
  let x = i;
  let text = '';
  for (let k = 0; k < 120_000; k++) {
    x = (x * 48_271) % 2_147_483_647;
    text += x.toString(36).padStart(6, '0');
  }
  return text;
};

const JOB: Omit<JobSpecInput, 'program'> = {
  name: 'large outputs',
  inputs: { kind: 'range', from: 1, to: SHARDS },
  limits: { outputBytes: 4 * 1024 * 1024 },
  replication: { policy: 'quorum', replicas: 2, quorum: 2 },
};

/** A volunteer in a browser profile of its own. */
async function volunteer(browser: Browser, url: string, mayDeposit = true): Promise<Page> {
  const context = await browser.newContext();
  if (!mayDeposit) await context.route('**/v1/deposits/**', (route) => route.abort());
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  return page;
}

async function blobsOn(dataFolder: string): Promise<number> {
  const names = await readdir(join(dataFolder, 'blobs'), { recursive: true });
  return names.filter((name) => /[0-9a-f]{64}$/.test(name)).length;
}

async function allRows(rows: AsyncIterable<ResultRow>): Promise<ResultRow[]> {
  const last = new Map<number, ResultRow>();
  for await (const row of rows) last.set(row.shard, row);
  return [...last.values()].toSorted((a, b) => a.shard - b.shard);
}

const expected = Array.from({ length: SHARDS }, (_, shard) => large(shard + 1));

/** Posts the job and waits until it is done. */
async function computed(client: Client): Promise<string> {
  const { id: blob } = await client.upload(new TextEncoder().encode(`${large}`));
  const job = await client.post({ ...JOB, program: { kind: 'javascript', blob } });
  await expect.poll(async () => (await client.job(job.id)).state, { timeout: 60_000 }).toBe('done');
  return job.id;
}

test('SWM-131 large outputs stay in the browsers until they are asked for, and arrive whole', async ({
  coordinator,
  browser,
}) => {
  const client = new Client(coordinator);
  const pages = [
    await volunteer(browser, coordinator.url),
    await volunteer(browser, coordinator.url),
  ];
  const job = await computed(client);
  const referring = await allRows(client.results(job, { references: true }));
  for (const row of referring) expect(row.valueContent?.bytes).toBeGreaterThan(700_000);
  // The program, and nothing that it made.
  expect(await blobsOn(coordinator.dataFolder)).toBe(1);

  const rows = await allRows(client.results(job));
  expect(rows.map(({ value }) => value)).toEqual(expected);
  expect(await blobsOn(coordinator.dataFolder)).toBe(1 + SHARDS);
  for (const page of pages) await page.context().close();
});

test('SWM-131 what only one browser holds any more is brought into safety unasked', async ({
  coordinator,
  browser,
}) => {
  const client = new Client(coordinator);
  const staying = await volunteer(browser, coordinator.url);
  const leaving = await volunteer(browser, coordinator.url, false);
  const job = await computed(client);
  await leaving.context().close();
  await expect.poll(() => blobsOn(coordinator.dataFolder), { timeout: 60_000 }).toBe(1 + SHARDS);
  await staying.context().close();
  const rows = await allRows(client.results(job));
  expect(rows.map(({ value }) => value)).toEqual(expected);
});

test('SWM-131 what is lost with the browsers that held it is computed anew', async ({
  coordinator,
  browser,
}) => {
  const client = new Client(coordinator);
  const leaving = [
    await volunteer(browser, coordinator.url, false),
    await volunteer(browser, coordinator.url, false),
  ];
  const job = await computed(client);
  for (const page of leaving) await page.context().close();
  expect(await blobsOn(coordinator.dataFolder)).toBe(1);
  const others = [
    await volunteer(browser, coordinator.url),
    await volunteer(browser, coordinator.url),
  ];
  await expect
    .poll(async () => (await client.job(job)).state, { timeout: 60_000, intervals: [100] })
    .toBe('running');
  await expect.poll(async () => (await client.job(job)).state, { timeout: 60_000 }).toBe('done');
  const rows = await allRows(client.results(job));
  expect(rows.map(({ value }) => value)).toEqual(expected);
  for (const page of others) await page.context().close();
});

test('SWM-132 the open page of a job fetches large outputs straight from browsers, past the coordinator', async ({
  coordinator,
  browser,
}) => {
  const client = new Client(coordinator);
  const volunteers = [
    await volunteer(browser, coordinator.url),
    await volunteer(browser, coordinator.url),
  ];
  const job = await computed(client);
  const context = await browser.newContext();
  const page = await context.newPage();
  // Firefox's driver tells of no download that a page makes itself.
  await page.addInitScript(() => {
    globalThis.saved = [];
    const nameOf = URL.createObjectURL;
    URL.createObjectURL = (made) => {
      if (made instanceof Blob) saved.push(made);
      return nameOf.call(URL, made);
    };
  });
  await new Requester(coordinator).signIn(page);
  await page.goto(`${coordinator.url}/jobs/${job}?view=results`);
  await page.getByLabel(/straight from the browsers/).check();
  const links = page.getByRole('link', { name: /^Download/ });
  await expect(links).toHaveCount(SHARDS);
  for (let at = 0; at < SHARDS; at++) {
    await links.nth(at).click();
    await expect.poll(() => page.evaluate(() => saved.length)).toBe(at + 1);
  }
  const texts = await page.evaluate(() => Promise.all(saved.map((blob) => blob.text())));
  expect(texts.map((text) => JSON.parse(text)).toSorted()).toEqual(expected.toSorted());
  // The program, and nothing that it made.
  expect(await blobsOn(coordinator.dataFolder)).toBe(1);
  for (const open of [...volunteers.map((one) => one.context()), context]) await open.close();
});
