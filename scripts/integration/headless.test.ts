import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Coordinator, startCoordinator } from '../../e2e/coordinator.ts';
import type { JobSpecInput } from '../../shared/job/spec.ts';
import type { EngineView } from '../../worker/engine/events.ts';
import { contribute } from '../../worker/headless/contribute.ts';
import { compileC } from '../compile-c.ts';
import { CoordinatorClient } from './coordinator-client.ts';

/** The same engine as in browsers, in Node, against a real coordinator over real sockets. */

const SQUARE = `#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  long n = atol(argv[1]);
  printf("%ld\\n", n * n);
  return 0;
}`;

/** Runs for ever for one input, and for some milliseconds for the others. */
const STUCK = `#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  for (volatile long k = 0; atol(argv[1]) == 7 || k < 1000000; k++);
  printf("done\\n");
  return 0;
}`;

/** Crashes the node's sandbox never, but leaves a checkpoint and shows where it began. */
const COUNTS = `#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  int at = 0;
  FILE *before = fopen("/checkpoint", "r");
  if (before) {
    if (fscanf(before, "%d", &at) != 1) return 2;
    fclose(before);
  }
  int began = at;
  for (; at < 40; at++) {
    for (volatile long k = 0; k < 20000000; k++);
    FILE *after = fopen("/checkpoint.new", "w");
    if (!after) return 3;
    fprintf(after, "%d", at + 1);
    fclose(after);
    if (rename("/checkpoint.new", "/checkpoint") != 0) return 4;
  }
  printf("%s\\n", began > 0 ? "resumed" : "from the start");
  return 0;
}`;

interface Node {
  views: EngineView[];
  finish(): Promise<EngineView>;
  leave(): Promise<EngineView>;
}

let coordinator: Coordinator;
let client: CoordinatorClient;
let folder: string;
const programs = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manyhands-headless-'));
  coordinator = await startCoordinator();
  client = new CoordinatorClient(coordinator);
  for (const [name, source] of Object.entries({ SQUARE, STUCK, COUNTS }))
    programs.set(name, await client.upload(await compileC(source)));
}, 120_000);

afterAll(async () => {
  await coordinator?.dispose();
  await rm(folder, { recursive: true, force: true });
});

function start(name: string, threads = 1): Node {
  const finish = new AbortController();
  const leave = new AbortController();
  const views: EngineView[] = [];
  const ended = contribute({
    url: coordinator.url,
    threads,
    dataFolder: join(folder, name),
    finish: finish.signal,
    signal: leave.signal,
    onState: (view) => views.push(view),
  });
  return {
    views,
    finish() {
      finish.abort();
      return ended;
    },
    leave() {
      leave.abort();
      return ended;
    },
  };
}

function spec(program: string, to: number, over: Partial<JobSpecInput> = {}): JobSpecInput {
  return {
    name: program,
    program: { kind: 'wasi', blob: programs.get(program) ?? '' },
    inputs: { kind: 'range', from: 1, to },
    args: ['{i}'],
    networks: 'relax',
    ...over,
  };
}

describe('headless nodes', () => {
  test('ENG-30 two nodes complete a job, agree, finish and stop', async () => {
    const nodes = [start('a'), start('b', 2)];
    const id = await client.post(spec('SQUARE', 500));
    const job = await client.until(id, ({ state }) => state !== 'running');
    expect(job).toMatchObject({ state: 'done', counts: { done: 500, failed: 0 } });
    const rows = await client.results(id);
    const values = new Map(rows.map(({ input, stdout }) => [input.i, stdout]));
    expect(values.get(25)).toEqual({ text: '625\n' });
    expect(rows.every(({ agreed }) => agreed === 2)).toBe(true);
    for (const node of nodes) expect((await node.finish()).phase).toBe('off');
  });

  test('ENG-31 a coordinator that is killed in the middle of it costs nothing that was accepted', async () => {
    const nodes = [start('a'), start('b')];
    const id = await client.post(spec('SQUARE', 20_000));
    await client.until(id, ({ counts }) => counts.done > 0);
    await coordinator.kill();
    await coordinator.restart();
    const job = await client.until(id, ({ state }) => state !== 'running');
    expect(job).toMatchObject({ state: 'done', counts: { done: 20_000, failed: 0 } });
    const rows = await client.results(id);
    expect(new Set(rows.map(({ shard }) => shard)).size).toBe(20_000);
    expect(rows).toHaveLength(20_000);
    for (const node of nodes) await node.finish();
  });

  test('ENG-32 an endless shard is stopped at its limit, on a node that goes on with the others', async () => {
    const node = start('a');
    const id = await client.post(
      spec('STUCK', 12, {
        limits: { timeMs: 400 },
        replication: { policy: 'quorum', replicas: 1, quorum: 1, maxAttempts: 1 },
      }),
    );
    const job = await client.until(id, ({ state }) => state !== 'running');
    expect(job.counts).toMatchObject({ done: 11, failed: 1 });
    const failed = (await client.results(id)).filter(({ status }) => status === 'failed');
    expect(failed.map(({ input }) => input.i)).toEqual([7]);
    expect(failed[0].failure?.outcome).toBe('gaveUp');
    await node.finish();
  });

  test('ENG-33 a node that comes back has the checkpoint of the shard that it left', async () => {
    const once = { policy: 'quorum', replicas: 1, quorum: 1 } as const;
    const id = await client.post(spec('COUNTS', 1, { replication: once }));
    const before = start('c');
    const kept = join(folder, 'c', 'checkpoints');
    await expect
      .poll(async () => (await stat(kept).catch(() => null))?.mtimeMs, { timeout: 20_000 })
      .toBeDefined();
    await expect.poll(async () => (await readdir(kept)).length, { timeout: 20_000 }).toBe(1);
    await before.leave();
    const after = start('c');
    await client.until(id, ({ state }) => state !== 'running');
    expect((await client.results(id))[0].stdout).toEqual({ text: 'resumed\n' });
    await after.finish();
    expect(await readdir(kept)).toEqual([]);
  });

  test('ENG-34 the key of a node is for its owner only, and stays the same', async () => {
    const { mode } = await stat(join(folder, 'a', 'node.key'));
    expect(mode & 0o077).toBe(0);
  });
});
