import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, expect } from '@playwright/test';
import { blobOf, builtApp } from '../apps/local-app.ts';
import { compileC } from '../scripts/compile-c.ts';
import { repositoryRoot } from '../scripts/repository.ts';
import { Client } from '../sdk/client/client.ts';
import { resultsJob } from '../shared/api/whole.ts';
import type { JobSpecInput } from '../shared/job/spec.ts';
import { test } from './fixtures.ts';
import { Requester } from './requester.ts';

const KIB = 1024;
const LONG = { timeout: 100_000 };
const TWICE: JobSpecInput['replication'] = { policy: 'quorum', replicas: 2, quorum: 2 };

/** Volunteers in browser profiles of their own, who exchange data. */
async function volunteers(browser: Browser, url: string, count: number): Promise<BrowserContext[]> {
  const contexts = await Promise.all(Array.from({ length: count }, () => browser.newContext()));
  await Promise.all(
    contexts.map(async (context) => {
      const page = await context.newPage();
      await page.goto(url);
      await page.getByRole('button', { name: 'Start', exact: true }).click();
    }),
  );
  return contexts;
}

/** Bytes of the blobs that the coordinator has. */
async function bytesKept(dataFolder: string): Promise<number> {
  const folder = join(dataFolder, 'blobs');
  const names = await readdir(folder, { recursive: true });
  let bytes = 0;
  for (const name of names)
    if (/[0-9a-f]{64}$/.test(name)) bytes += (await stat(join(folder, name))).size;
  return bytes;
}

/** A figure of the operator's metrics. */
async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((line) => line.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

/** A text of so many bytes over 60,000 words, and how often each is in it. */
function corpus(bytes: number): { text: string; counts: Map<string, number> } {
  const counts = new Map<string, number>();
  const lines: string[] = [];
  let x = 1;
  for (let length = 0; length < bytes; ) {
    const words: string[] = [];
    for (let k = 0; k < 10; k++) {
      x = (x * 48_271) % 2_147_483_647;
      const word = (x % 60_000).toString(26).replace(/./g, (digit) => LETTERS[parseInt(digit, 26)]);
      counts.set(word, (counts.get(word) ?? 0) + 1);
      words.push(word);
    }
    length += lines[lines.push(words.join(' ')) - 1].length + 1;
  }
  return { text: `${lines.join('\n')}\n`, counts };
}
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

test('STG-28 words are counted by browsers that fetch the parts from each other, and the job page shows how', async ({
  coordinator,
  browser,
}) => {
  const GROUPS = 4;
  const client = new Client(coordinator);
  const app = await builtApp('wordcount');
  for (const id of [app.spec.program.blob, app.spec.stages[0].program.blob])
    await client.upload(blobOf(app, id));
  const { text, counts } = corpus(4 * KIB * KIB);
  const { id: file } = await client.upload(new TextEncoder().encode(text));
  const { stages, ...spec } = app.spec;
  const limits = { ...spec.limits, outputBytes: 4 * KIB * KIB };
  const job = await client.post({
    ...spec,
    inputs: { kind: 'chunks', file, bytes: 512 * KIB },
    args: [String(GROUPS)],
    collect: { files: Array.from({ length: GROUPS }, (_, group) => `/groups/${group}`) },
    limits,
    replication: TWICE,
    stages: [{ ...stages[0], limits, replication: TWICE }],
  });
  const last = resultsJob(job);
  const given = await bytesKept(coordinator.dataFolder);
  const contexts = await volunteers(browser, coordinator.url, 3);
  await expect.poll(async () => (await client.job(last)).state, LONG).toBe('done');

  // Some 3 MB of parts in all, of which each browser had two thirds: what else each needed came
  // from the others, and not by way of the coordinator.
  const partsHere = (await bytesKept(coordinator.dataFolder)) - given;
  expect(partsHere).toBeLessThan(1000 * KIB);
  const fromPeers = () => metric(coordinator.url, 'manyhands_blob_bytes_from_peers_total');
  await expect.poll(fromPeers, LONG).toBeGreaterThan(300 * KIB);

  const counted = new Map<string, number>();
  for await (const { stdout } of client.results(last))
    for (const line of stdout && 'text' in stdout ? stdout.text.trimEnd().split('\n') : []) {
      const [word, count] = line.split(' ');
      counted.set(word, (counted.get(word) ?? 0) + Number(count));
    }
  // Compared here: two maps of this size would take the test runner long.
  expect(counted.size).toBe(counts.size);
  expect([...counts].filter(([word, count]) => counted.get(word) !== count)).toEqual([]);
  for (const open of contexts) await open.close();

  const context = await browser.newContext({ baseURL: coordinator.url });
  const page = await context.newPage();
  await new Requester(coordinator).signIn(page);
  await page.goto(`/jobs/${job.id}`);
  const shown = page.getByRole('navigation', { name: 'Stages of this job' }).getByRole('listitem');
  await expect(shown).toHaveCount(2);
  for (const one of await shown.all()) await expect(one).toContainText('Done');
  await shown.nth(1).getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${last}`));
  await page.goto(`/jobs/${last}?view=results`);
  const results = page.getByRole('tabpanel', { name: 'Results' });
  await expect(results.getByRole('rowheader')).toHaveCount(GROUPS);
  await expect(results.getByRole('cell', { name: `a ${counts.get('a')} ` })).toBeVisible();
  await context.close();
});

test('STG-28 vectors are added up over a tree of browsers, and nothing is lost on the way', async ({
  coordinator,
  browser,
}) => {
  const SIDE = 40;
  const [SHARDS, PACKETS, ARITY] = [12, 2_000, 4];
  const client = new Client(coordinator);
  const app = await builtApp('vectorsum');
  const source = readFileSync(join(repositoryRoot, 'apps/vectorsum/tally.c'), 'utf8');
  const smaller = await compileC(source.replace('SIDE = 80', `SIDE = ${SIDE}`));
  const { id: program } = await client.upload(smaller);
  const [sum] = app.spec.stages;
  await client.upload(blobOf(app, sum.program.blob));
  const job = await client.post({
    ...app.spec,
    program: { kind: 'wasi', blob: program },
    inputs: { kind: 'range', from: 1, to: SHARDS },
    args: ['{i}', String(PACKETS)],
    replication: TWICE,
    stages: [
      {
        ...sum,
        take: { kind: 'tree', arity: ARITY },
        args: [String(SIDE ** 3 + 1)],
        replication: TWICE,
      },
    ],
  });
  expect(job.stage?.all.map(({ shards }) => shards)).toEqual([SHARDS, 3, 1]);
  const contexts = await volunteers(browser, coordinator.url, 2);
  const last = resultsJob(job);
  await expect.poll(async () => (await client.job(last)).state, LONG).toBe('done');
  const rows = [];
  for await (const row of client.results(last)) rows.push(row);
  expect(rows).toHaveLength(1);
  const [{ stdout }] = rows;
  if (!stdout) throw new Error('The sum is missing.');
  const bytes = await client.contentBytes(stdout);
  const vector = new BigInt64Array(bytes.slice().buffer);
  expect(vector).toHaveLength(SIDE ** 3 + 1);
  expect(Number(vector.reduce((all, one) => all + one))).toBe(SHARDS * PACKETS * 2 ** 20);
  for (const open of contexts) await open.close();
});
