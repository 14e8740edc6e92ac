import { setTimeout as sleep } from 'node:timers/promises';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FailurePage, Job, ResultRow, ShardDetail } from '../../shared/api/schemas.ts';
import { fromUtf8 } from '../../shared/bytes.ts';
import { outputDigest } from '../../shared/verdict/digest.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import type { TestNode } from '../gateway/test-node.ts';
import { type ErrorAnswer, TestCoordinator, valueOutput } from './test-coordinator.ts';

let coordinator: TestCoordinator;
beforeEach(async () => {
  coordinator = await new TestCoordinator(['--requests-per-second', '100000']).start();
});
afterEach(() => coordinator.destroy());

const double = (shard: number) => valueOutput((shard + 1) * 2);

/** Computes every shard that is left of a job, and waits until it is done. */
async function compute(node: TestNode, job: Job, output = double) {
  node.send({ type: 'want', threads: 4, milliseconds: 60_000 });
  const { counts } = await reread(job);
  for (let left = job.shards - counts.done - counts.failed; left > 0; ) {
    const lease = await node.next('lease');
    node.send(await node.submission(lease, { output }));
    left -= lease.count;
  }
  await untilDone(job);
}

async function reread({ id }: Job): Promise<Job> {
  return (await coordinator.get<Job>(`/v1/jobs/${id}`)).body;
}

async function untilDone(job: Job) {
  while ((await reread(job)).state === 'running') await sleep(5);
}

async function finishedJob(): Promise<Job> {
  const job = await coordinator.job();
  await compute(await coordinator.node(), job);
  return job;
}

function parseRows(text: string): ResultRow[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ResultRow);
}

async function rows(path: string): Promise<ResultRow[]> {
  return parseRows((await coordinator.get<string>(path)).body);
}

test('API-40 results are one row a verdict, with input, value and how sure it is', async () => {
  const job = await finishedJob();
  const all = await rows(`/v1/jobs/${job.id}/results`);
  expect(all.map(({ shard }) => shard).sort((a, b) => a - b)).toEqual([...Array(10).keys()]);
  expect(all.find(({ shard }) => shard === 4)).toMatchObject({
    input: { shard: 4, i: 5 },
    status: 'ok',
    value: 10,
    agreed: 1,
  });
});

test('API-41 a cursor continues behind its row, wherever it lies, and a limit stops', async () => {
  const job = await finishedJob();
  const path = `/v1/jobs/${job.id}/results`;
  const all = await rows(path);
  for (let at = 0; at < all.length; at++)
    expect(await rows(`${path}?after=${all[at].cursor}`)).toEqual(all.slice(at + 1));
  expect(await rows(`${path}?limit=3`)).toEqual(all.slice(0, 3));
  expect(await rows(`${path}?after=${all[2].cursor}&limit=4`)).toEqual(all.slice(3, 7));
  const bad = await coordinator.get<ErrorAnswer>(`${path}?after=nonsense`);
  expect(bad.status).toBe(400);
  expect(bad.body.error.code).toBe('CURSOR_MALFORMED');
});

test('API-42 a reader who follows gets rows as they come, and the end with the job', async () => {
  const job = await coordinator.job();
  const response = await coordinator.fetch(`/v1/jobs/${job.id}/results?follow=1`);
  const node = await coordinator.node();
  const lease = await node.lease();
  node.send(await node.submission(lease, { count: 1, output: double }));
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const first = await reader?.read();
  expect(parseRows(first?.value ?? '')).toMatchObject([{ shard: 0, value: 2 }]);

  const rest = { first: 1, count: lease.count - 1, output: double };
  if (rest.count > 0) node.send(await node.submission(lease, rest));
  await compute(node, { ...job, shards: job.shards - rest.count });
  let text = '';
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
    text += part.value;
  expect(parseRows(text)).toHaveLength(9);
  expect((await reread(job)).state).toBe('done');
});

test('API-43 a cancelled job ends the streams of those who follow it', async () => {
  const job = await coordinator.job();
  const response = await coordinator.fetch(`/v1/jobs/${job.id}/results?follow=1`);
  const cancelled = await coordinator.post<Job>(`/v1/jobs/${job.id}/cancel`, {});
  expect(cancelled.body.state).toBe('cancelled');
  expect(await response.text()).toBe('');
  const again = await coordinator.post<Job>(`/v1/jobs/${job.id}/cancel`, {});
  expect(again.body.state).toBe('cancelled');
  const retry = await coordinator.post<ErrorAnswer>(`/v1/jobs/${job.id}/retry`, {});
  expect(retry.body.error.code).toBe('JOB_ENDED');
});

test('API-44 results come as a table, quoted where it needs quotes', async () => {
  const blob = await coordinator.upload('(i) => "a"');
  const job = await coordinator.job({
    program: { kind: 'javascript', blob },
    inputs: {
      kind: 'grid',
      axes: [
        { name: 'x', values: [1] },
        { name: 'y', values: ['a,b'] },
      ],
    },
  });
  await compute(await coordinator.node(), job, () => valueOutput('say "hi"'));
  const { body, headers } = await coordinator.get<string>(`/v1/jobs/${job.id}/results.csv`);
  expect(headers.get('content-disposition')).toContain(`manyhands-${job.id}.csv`);
  expect(body).toBe(
    'shard,x,y,status,value,failure,message,confidence,agreed\r\n' +
      `0,1,"a,b",ok,"say ""hi""",,,${body.split(',').at(-2)},1\r\n`,
  );
});

test('API-45 results come as an archive with a folder a shard', async () => {
  const job = await finishedJob();
  const response = await coordinator.fetch(`/v1/jobs/${job.id}/results.zip`);
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  expect(Object.keys(files)).toHaveLength(10);
  expect(fromUtf8(files['shard-4/value.json'])).toBe('10');
});

test('API-46 failures are listed with their reason, and can be tried again', async () => {
  const job = await coordinator.job({ inputs: { kind: 'range', from: 1, to: 1 } });
  const node = await coordinator.node();
  const submission = await node.submission(
    await node.lease(),
    { output: () => '' },
    {
      statuses: Uint8Array.of(Outcome.exception),
      digests: Uint8Array.from(outputDigest(Outcome.exception, new Uint8Array(0))),
    },
  );
  node.send({ ...submission, details: [{ at: 0, message: 'It threw.', stderr: 'at line 3' }] });
  await untilDone(job);

  const { body } = await coordinator.get<FailurePage>(`/v1/jobs/${job.id}/failures`);
  expect(body.failures).toMatchObject([
    { shard: 0, outcome: 'exception', message: 'It threw.', stderr: 'at line 3' },
  ]);
  // The log has been read to its end, so there is no next page to ask for.
  expect(body.next).toBeNull();
  const { cursor } = body.failures[0];
  const rest = await coordinator.get<FailurePage>(`/v1/jobs/${job.id}/failures?after=${cursor}`);
  expect(rest.body).toEqual({ failures: [], next: null });
  expect(await rows(`/v1/jobs/${job.id}/results`)).toMatchObject([
    { status: 'failed', failure: { outcome: 'exception' } },
  ]);

  const beyond = await coordinator.post<ErrorAnswer>(`/v1/jobs/${job.id}/retry`, { shards: [1] });
  expect(beyond.body.error.code).toBe('SHARD_NOT_FOUND');
  const retried = await coordinator.post(`/v1/jobs/${job.id}/retry`, { shards: [0] });
  expect(retried.body).toEqual({ retried: 1 });
  node.close();
  await compute(await coordinator.node(), job);
  expect(await reread(job)).toMatchObject({
    state: 'done',
    counts: { done: 1, failed: 0 },
  });
});

test('API-47 a shard tells who computed it, what they answered and who agreed', async () => {
  const job = await finishedJob();
  const { body } = await coordinator.get<ShardDetail>(`/v1/jobs/${job.id}/shards/3`);
  expect(body).toMatchObject({
    shard: 3,
    state: 'done',
    replicas: [{ outcome: 'ok', agreed: true }],
  });
  expect(body.replicas[0].node).toMatch(/^[0-9a-f]{64}$/);
  expect(body.replicas[0].signature).toMatch(/^[0-9a-f]{128}$/);
  const beyond = await coordinator.get<ErrorAnswer>(`/v1/jobs/${job.id}/shards/10`);
  expect(beyond.status).toBe(404);
  expect(beyond.body.error.code).toBe('SHARD_NOT_FOUND');
});

test('API-48 the mosaic adds up to the shards', async () => {
  const job = await finishedJob();
  const { body } = await coordinator.get<{ perCell: number; cells: number[][] }>(
    `/v1/jobs/${job.id}/mosaic?cells=5`,
  );
  expect(body.cells.flat().reduce((sum, count) => sum + count, 0)).toBe(10);
  const many = await coordinator.get<ErrorAnswer>(`/v1/jobs/${job.id}/mosaic?cells=0`);
  expect(many.body.error.code).toBe('REQUEST_INVALID');
});

test('API-49 events carry the whole job when it changes, and its end', async () => {
  const job = await coordinator.job();
  const response = await coordinator.fetch(`/v1/jobs/${job.id}/events`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  await compute(await coordinator.node(), job);
  const events = (await response.text()).split('\n\n').filter((part) => part.includes('event:'));
  const last = events.at(-1) ?? '';
  expect(events[0]).toContain('event: progress');
  expect(last).toContain('event: end');
  expect(JSON.parse(/^data: (.*)$/m.exec(last)?.[1] ?? '')).toMatchObject({
    id: job.id,
    state: 'done',
    counts: { done: 10 },
  });
});

test('API-50 a node that lies about the form of its output makes no row that cannot be read', async () => {
  const job = await coordinator.job({ inputs: { kind: 'range', from: 1, to: 1 } });
  await compute(await coordinator.node(), job, () => 'no canonical output');
  expect(await rows(`/v1/jobs/${job.id}/results`)).toMatchObject([
    { status: 'failed', failure: { outcome: 'malformed' } },
  ]);
});

test('API-51 jobs are listed newest first, by state and page by page', async () => {
  const first = await coordinator.job({ name: 'first' });
  const second = await coordinator.job({ name: 'second' });
  const list = async (query: string) =>
    (await coordinator.get<{ jobs: Job[] }>(`/v1/jobs?${query}`)).body.jobs.map(({ id }) => id);
  expect((await list('limit=2')).slice(0, 2)).toEqual([second.id, first.id]);
  expect((await list(`limit=1&before=${second.id}`))[0]).toBe(first.id);
  expect(await list('state=done')).not.toContain(first.id);
});
