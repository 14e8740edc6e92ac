import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@playwright/test';
import { Client } from '../sdk/client/client.ts';
import type { ResultRow } from '../shared/api/schemas.ts';
import { CommandLine } from './command-line.ts';
import { test } from './fixtures.ts';

const SHARDS = 400;

/** Some milliseconds of work; two nodes must come to the same number before it is believed. */
const PROGRAM = `
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  unsigned long long seed = strtoull(argv[1], NULL, 10), x = seed * 2 + 1;
  for (int i = 0; i < 10000000; i++) x ^= x << 13, x ^= x >> 7, x ^= x << 17;
  printf("%llu %llu\\n", seed, x);
  return 0;
}`;

test('API-85 killed twice in the middle of a job, the coordinator completes it: each shard once', async ({
  coordinator,
  page,
}) => {
  const cli = await CommandLine.open(coordinator);
  const node = await CommandLine.open(coordinator);
  try {
    await page.goto('/');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    node.start('contribute', '--threads', '1');

    await cli.write('work.c', PROGRAM);
    const run = cli.start(
      ...['run', 'work.c', '--range', `1..${SHARDS}`, '--arg', '{i}', '--replicas', '2'],
      ...['--out', 'out.ndjson'],
    );
    await run.printed(/Posted/);
    const client = new Client(coordinator);
    const [job] = (await client.jobs()).filter(({ spec }) => spec.name === 'work.c');

    for (const share of [0.2, 0.5]) {
      await expect
        .poll(async () => (await client.job(job.id)).counts.done, { intervals: [50] })
        .toBeGreaterThan(share * SHARDS);
      await coordinator.kill();
      // Long enough that both nodes go on computing without it and try to reconnect.
      await sleep(1500);
      await coordinator.restart();
      const { counts, state } = await client.job(job.id);
      expect(state).toBe('running');
      expect(counts.done).toBeGreaterThan(share * SHARDS);
      expect(counts.done).toBeLessThan(SHARDS);
    }

    // Whoever followed the job all the while has not noticed.
    expect(await run.ended).toMatchObject({ code: 0 });
    const text = await readFile(join(cli.folder, 'out.ndjson'), 'utf8');
    const rows: ResultRow[] = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const answers = rows
      .toSorted((a, b) => a.shard - b.shard)
      .map(({ shard, stdout }) => ({ shard, stdout }));
    expect(answers).toEqual(
      Array.from({ length: SHARDS }, (_, shard) => ({
        shard,
        stdout: { text: expect.stringMatching(new RegExp(`^${shard + 1} \\d+\n$`)) },
      })),
    );
    expect(await client.job(job.id)).toMatchObject({
      state: 'done',
      counts: { waiting: 0, active: 0, done: SHARDS, failed: 0 },
    });
    // What was acknowledged before a crash is evidence after it.
    const detail = await client.shard(job.id, 0);
    expect(detail.replicas.filter(({ agreed }) => agreed)).toHaveLength(2);
    expect(new Set(detail.replicas.map((replica) => replica.node)).size).toBe(2);
  } finally {
    await node.dispose();
    await cli.dispose();
  }
});
