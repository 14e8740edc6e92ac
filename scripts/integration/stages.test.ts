import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blobOf, builtApp } from '../../apps/local-app.ts';
import { type Coordinator, startCoordinator } from '../../e2e/coordinator.ts';
import { Client } from '../../sdk/client/client.ts';
import { resultsJob } from '../../shared/api/whole.ts';
import { contribute } from '../../worker/headless/contribute.ts';
import { CoordinatorClient } from './coordinator-client.ts';

/** Jobs in stages through a real coordinator and headless nodes, which have no peers but HTTP. */

let coordinator: Coordinator;
let client: CoordinatorClient;
let folder: string;
const nodes: { leave: AbortController; ended: Promise<unknown> }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manyhands-stages-'));
  coordinator = await startCoordinator();
  client = new CoordinatorClient(coordinator);
  for (const name of ['a', 'b', 'c']) {
    const leave = new AbortController();
    const ended = contribute({
      url: coordinator.url,
      threads: 1,
      dataFolder: join(folder, name),
      signal: leave.signal,
    });
    nodes.push({ leave, ended });
  }
}, 120_000);

afterAll(async () => {
  for (const { leave } of nodes) leave.abort();
  await Promise.all(nodes.map(({ ended }) => ended));
  await coordinator?.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** A sample program's spec, with everything uploaded that it names. */
async function appSpec(name: string) {
  const app = await builtApp(name);
  for (const id of Object.keys(app.blobs)) await client.upload(blobOf(app, id));
  return { ...app.spec, networks: 'relax' as const };
}

/** The known answer: every word is in one group, and all are there. */
async function expectCounts(job: string): Promise<void> {
  const counts = new Map<string, number>();
  for (const { stdout } of await client.results(job))
    for (const line of stdout && 'text' in stdout ? stdout.text.trim().split('\n') : []) {
      const [word, count] = line.split(' ');
      expect(counts.has(word)).toBe(false);
      counts.set(word, Number(count));
    }
  expect(counts.size).toBe(12_373);
  expect([...counts.values()].reduce((sum, count) => sum + count)).toBe(203_836);
  expect(counts.get('the')).toBe(6_287);
}

/** Blobs that the coordinator has. */
async function blobsKept(): Promise<number> {
  const names = await readdir(join(coordinator.dataFolder, 'blobs'), { recursive: true });
  return names.filter((name) => /[0-9a-f]{64}$/.test(name)).length;
}

describe('jobs in stages', () => {
  test('STG-20 words are counted in two stages: outputs of the first reach the nodes of the second', async () => {
    const spec = await appSpec('wordcount');
    const first = await client.post(spec);
    const posted = await client.job(first);
    expect(posted.stage).toMatchObject({ first, number: 1, of: 2, previous: null });
    expect(posted.stage?.all.map(({ shards }) => shards)).toEqual([posted.shards, 8]);
    const last = resultsJob(posted);
    const done = await client.until(last, ({ state }) => state === 'done');
    expect(done.counts).toMatchObject({ done: 8, failed: 0 });
    await expectCounts(last);
  }, 120_000);

  test('STG-27 many small parts are no blobs each: 400 shards of 64 groups', async () => {
    const spec = await appSpec('wordcount');
    if (spec.inputs.kind !== 'chunks') throw new Error('The text is not cut.');
    const first = await client.post({
      ...spec,
      inputs: { ...spec.inputs, bytes: 2_900 },
      args: ['64'],
      collect: { files: Array.from({ length: 64 }, (_, group) => `/groups/${group}`) },
    });
    const posted = await client.job(first);
    expect(posted.shards).toBeGreaterThan(380);
    const before = await blobsKept();
    const last = resultsJob(posted);
    const done = await client.until(last, ({ state }) => state === 'done');
    expect(done.counts).toMatchObject({ done: 64, failed: 0 });
    await expectCounts(last);
    // Of some 25,000 parts: one blob a group, and their index.
    expect((await blobsKept()) - before).toBeLessThan(80);
  }, 120_000);

  test('STG-25 a run of the client ends with the reason where a stage stands still', async () => {
    const api = new Client(coordinator);
    const { program } = await appSpec('wordcount');
    let posted = '';
    // Words of nothing, in so many groups; none is too few.
    const rows = api.run(
      {
        name: 'stuck',
        program,
        inputs: { kind: 'range', from: 0, to: 1 },
        args: ['{i}'],
        collect: { files: ['/groups/0'] },
        stages: [{ name: 'more', take: { kind: 'tree', arity: 4 }, program }],
        networks: 'relax',
      },
      { onPosted: ({ id }) => (posted = id) },
    );
    const reason = await rows.next().catch((error) => error);
    expect(reason).toMatchObject({ code: 'STAGE_BEFORE_FAILED', facts: { job: posted } });
    await api.cancel(posted);
  }, 120_000);

  test('STG-21 a coordinator that is killed between two stages goes on with the next', async () => {
    const spec = await appSpec('wordcount');
    const first = await client.post({ ...spec, name: 'killed' });
    const last = resultsJob(await client.job(first));
    await client.until(first, ({ counts }) => counts.done > 0);
    await coordinator.kill();
    await coordinator.restart();
    const done = await client.until(last, ({ state }) => state === 'done');
    expect(done.counts).toMatchObject({ done: 8, failed: 0 });
  }, 120_000);
});
