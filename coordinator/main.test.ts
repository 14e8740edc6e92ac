import { type ChildProcess, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Job } from '../shared/api/schemas.ts';
import { TestCoordinator } from './api/test-coordinator.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'manyhands-main-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Line {
  event: string;
  url: string;
  token?: string;
  error?: { code: string };
}

function run(...flags: string[]) {
  const child = spawn(process.execPath, [MAIN, '--data', join(folder, 'data'), ...flags], {
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: folder,
  });
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<Line> {
  if (!child.stdout) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line);
  throw new Error('it ended without a word');
}

const serve = (...flags: string[]) => run('--json', '--port', '0', '--sample', '-', ...flags);

test('API-80 the first start prints a token once; after Ctrl-C everything is there again', async () => {
  const first = serve();
  const { url, token } = await firstLine(first);
  const headers = { Authorization: `Bearer ${token}` };
  expect((await fetch(`${url}/v1/me`, { headers })).status).toBe(200);
  first.kill('SIGINT');
  expect(await once(first, 'exit')).toEqual([0, null]);

  const second = serve();
  const again = await firstLine(second);
  expect(again.token).toBeUndefined();
  expect((await fetch(`${again.url}/v1/me`, { headers })).status).toBe(200);
});

test('API-81 a second Ctrl-C ends at once, although a stream is still open', async () => {
  const child = serve();
  const { url } = await firstLine(child);
  // A request that never ends keeps the server from closing by itself.
  fetch(`${url}/v1/blobs`, {
    method: 'POST',
    body: new ReadableStream({ start: () => {} }),
    duplex: 'half',
  } as RequestInit).catch(() => {});
  child.kill('SIGTERM');
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect([0, 130]).toContain(code);
});

test('API-82 a new token is printed for a name, the first for an administrator; a coordinator that runs is not disturbed', async () => {
  const child = run('--new-token', 'Grace', '--json');
  const line = await firstLine(child);
  expect(line).toMatchObject({ event: 'token', name: 'Grace' });
  await once(child, 'exit');
  const { url } = await firstLine(serve());
  const me = await fetch(`${url}/v1/me`, { headers: { Authorization: `Bearer ${line.token}` } });
  expect(await me.json()).toMatchObject({ name: 'Grace', admin: true });
  const late = run('--new-token', 'Late', '--json');
  expect((await firstLine(late)).error?.code).toBe('STORE_IN_USE');
});

test('API-2 a command line that cannot be used ends with code 2 and says why', async () => {
  const child = run('--prot', '1', '--json');
  expect((await firstLine(child)).error?.code).toBe('CONFIG_UNKNOWN_FLAG');
  expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(2);
});

test('API-83 a port that is taken is said to be taken, and costs nobody the token of the first start', async () => {
  const { url } = await firstLine(serve());
  const { port } = new URL(url);
  const elsewhere = ['--data', join(folder, 'other')];
  const other = serve('--port', port, ...elsewhere);
  expect((await firstLine(other)).error?.code).toBe('LISTEN_FAILED');
  expect(other.exitCode ?? (await once(other, 'exit'))[0]).toBe(1);
  expect((await firstLine(serve(...elsewhere))).token).toBeDefined();
});

test('API-84 the first start posts the sample as a real job, once', async () => {
  const sample = join(folder, 'sample');
  mkdirSync(sample);
  const source = '(i) => i';
  const id = hash('sha256', source, 'hex');
  writeFileSync(join(sample, 'program.js'), source);
  const spec = {
    name: 'Sample',
    program: { kind: 'javascript', blob: id },
    inputs: { kind: 'range', from: 1, to: 3 },
  };
  writeFileSync(join(sample, 'app.json'), JSON.stringify({ spec, blobs: { [id]: 'program.js' } }));
  const coordinator = await new TestCoordinator(['--sample', sample]).start();
  try {
    const jobs = async () => (await coordinator.get<{ jobs: Job[] }>('/v1/jobs')).body.jobs;
    expect(await jobs()).toMatchObject([
      { spec: { name: 'Sample', project: 'collatz', priority: -10 }, state: 'running' },
    ]);
    await coordinator.stop();
    await coordinator.start();
    expect(await jobs()).toHaveLength(1);
  } finally {
    await coordinator.destroy();
  }
});

test('API-85 a job and its blobs survive a restart', async () => {
  const coordinator = await new TestCoordinator().start();
  try {
    const job = await coordinator.job();
    await coordinator.stop();
    await coordinator.start();
    expect(coordinator.madeToken).toBe(false);
    const { body } = await coordinator.get<Job>(`/v1/jobs/${job.id}`);
    expect(body).toMatchObject({ state: 'running', shards: 10 });
    const blob = await fetch(`${coordinator.url}/v1/blobs/${job.spec.program.blob}`);
    expect(await blob.text()).toContain('export default');
  } finally {
    await coordinator.destroy();
  }
});

test('API-86 a token that the operator chose is an administrator', async () => {
  const token = 'chosen-by-the-operator-1234';
  const coordinator = await new TestCoordinator(['--admin-token', token]).start();
  try {
    expect((await coordinator.get('/v1/me', token)).body).toMatchObject({ admin: true });
    await coordinator.stop();
    await coordinator.start();
    expect((await coordinator.get('/v1/me', token)).status).toBe(200);
  } finally {
    await coordinator.destroy();
  }
});

test('API-87 health, readiness and metrics are there, the metrics for the named networks only', async () => {
  const open = await new TestCoordinator().start();
  const closed = await new TestCoordinator(['--metrics-networks', '192.0.2.0/24']).start();
  try {
    expect((await open.get('/healthz')).body).toEqual({ state: 'alive' });
    expect(await open.get('/readyz')).toMatchObject({ status: 200, body: { state: 'well' } });
    const { body } = await open.get<string>('/metrics');
    expect(body).toContain('manyhands_verdicts_total 0');
    expect(body).toContain('manyhands_ready 1');
    const forwarded = await fetch(`${open.url}/metrics`, {
      headers: { 'X-Forwarded-For': '203.0.113.5' },
    });
    expect(forwarded.status).toBe(403);
    expect(await closed.get('/metrics')).toMatchObject({
      status: 403,
      body: { error: { code: 'NETWORK_FORBIDDEN' } },
    });
  } finally {
    await open.destroy();
    await closed.destroy();
  }
});

test('API-88 the data folder is made at the first start', async () => {
  const coordinator = await new TestCoordinator().start();
  expect(existsSync(join(coordinator.folder, 'data/manyhands.sqlite'))).toBe(true);
  await coordinator.destroy();
});
