import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { ResultRow } from '../shared/api/schemas.ts';
import { CommandLine } from './command-line.ts';
import { test as base } from './fixtures.ts';

interface Fixtures {
  /** Starts headless nodes, each with a key of its own. */
  contributeHeadless(nodes: number): Promise<void>;
}

const test = base.extend<Fixtures>({
  contributeHeadless: async ({ coordinator }, use) => {
    const nodes: CommandLine[] = [];
    await use(async (count) => {
      for (let k = 0; k < count; k++) {
        const node = await CommandLine.open(coordinator);
        nodes.push(node);
        node.start('contribute', '--threads', '1');
      }
    });
    for (const node of nodes) await node.dispose();
  },
});

const SQUARE = `
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  long i = atol(argv[1]);
  printf("%ld\\n", i * i);
  return 0;
}`;

/** Ends with exit code 7 for the input 3, and well for all others. */
const FAILS_AT_3 = `
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  if (atol(argv[1]) != 3) return 0;
  fprintf(stderr, "three is too many\\n");
  return 7;
}`;

/** Takes a second or so, so that a job of many inputs is still running when it is looked at. */
const SLOW = `
#include <stdio.h>
int main(int argc, char **argv) {
  unsigned long x = 1;
  for (long i = 0; i < 400000000; i++) x ^= x << 13, x ^= x >> 7, x ^= x << 17;
  printf("%s %d\\n", argv[1], (int)(x & 1));
  return 0;
}`;

async function rows(cli: CommandLine, name: string): Promise<ResultRow[]> {
  const text = await readFile(join(cli.folder, name), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

async function hasResults(cli: CommandLine, name: string): Promise<boolean> {
  const text = await readFile(join(cli.folder, name), 'utf8').catch(() => '');
  return text.includes('\n');
}

/** Results in the order of their shards. */
function stdouts(found: readonly ResultRow[]): unknown[] {
  return found.toSorted((a, b) => a.shard - b.shard).map((row) => row.stdout);
}

/** The job that a command with --json printed, whichever stream it was. */
function postedJob(text: string): string {
  const [, id] = /Posted (\S+):/.exec(text) ?? [];
  if (id === undefined) throw new Error(`No job was posted:\n${text}`);
  return id;
}

test.describe('without a browser', () => {
  test.skip(({ browserName }) => browserName !== 'chromium', 'no browser takes part in these');

  test('CLI-6 run compiles, posts, and writes each result once, agreed on by two headless nodes', async ({
    cli,
    contributeHeadless,
  }) => {
    await contributeHeadless(2);
    await cli.write('square.c', SQUARE);
    const command = ['run', 'square.c', '--range', '1..300', '--arg', '{i}', '--out', 'out.ndjson'];
    const { code, stderr } = await cli.run(...command);
    expect(stderr).toContain('Posted');
    expect(code).toBe(0);

    const found = await rows(cli, 'out.ndjson');
    const squares = Array.from({ length: 300 }, (_, k) => ({ text: `${(k + 1) ** 2}\n` }));
    expect(stdouts(found)).toEqual(squares);
    expect(new Set(found.map((row) => row.agreed))).toEqual(new Set([2]));

    const again = await cli.run(...command);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('OUTPUT_EXISTS');
  });

  test('CLI-6 with --json the last line of standard output says how it went', async ({
    cli,
    contributeHeadless,
  }) => {
    await contributeHeadless(1);
    await cli.write('square.c', SQUARE);
    const out = ['--out', 'out.csv', '--json', '--replicas', '1'];
    const { code, stdout } = await cli.run(
      ...['run', 'square.c', '--range', '1..9', '--arg', '{i}', ...out],
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      state: 'done',
      counts: { waiting: 0, active: 0, done: 9, failed: 0 },
      rows: 9,
      out: 'out.csv',
    });
    const table = await readFile(join(cli.folder, 'out.csv'), 'utf8');
    expect(table.split('\r\n')[0]).toBe('shard,i,status,stdout,failure,message,confidence,agreed');
    for (let k = 0; k < 9; k++)
      expect(table).toContain(`\r\n${k},${k + 1},ok,"${(k + 1) ** 2}\n",`);
  });

  test('CLI-6 a job with failed shards ends with 1, and its rows say why', async ({
    cli,
    contributeHeadless,
  }) => {
    await contributeHeadless(1);
    await cli.write('fails.c', FAILS_AT_3);
    const { code } = await cli.run(
      ...['run', 'fails.c', '--range', '1..5', '--arg', '{i}', '--replicas', '1'],
      ...['--out', 'out.ndjson'],
    );
    expect(code).toBe(1);
    const failed = (await rows(cli, 'out.ndjson')).filter((row) => row.status === 'failed');
    expect(failed).toHaveLength(1);
    expect(failed[0]).toMatchObject({
      shard: 2,
      input: { i: 3 },
      failure: { outcome: 'exit', stderr: 'three is too many\n' },
    });
  });

  test('CLI-6 a program that does not compile ends with 4, at its line, and posts nothing', async ({
    cli,
  }) => {
    await cli.write('broken.c', 'int main(void) {\n  return missing;\n}\n');
    const command = ['run', 'broken.c', '--range', '1..5'];
    const told = await cli.run(...command);
    expect(told.code).toBe(4);
    expect(told.stderr).toContain('broken.c:2:10');

    const scripted = await cli.run(...command, '--json');
    expect(scripted.code).toBe(4);
    expect(JSON.parse(scripted.stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      error: { code: 'COMPILE_FAILED', facts: { line: 2, column: 10 } },
    });
    expect((await cli.run('jobs', '--json')).stdout).not.toContain('broken.c');
  });

  test('CLI-6 what the command line got wrong ends with 2, and says what to do', async ({
    cli,
  }) => {
    await cli.write('square.c', SQUARE);
    const wrong: [string, string[]][] = [
      ['INPUTS_MISSING', ['run', 'square.c']],
      ['FILE_UNREADABLE', ['run', 'absent.c', '--range', '1..2']],
      ['PROGRAM_KIND_UNKNOWN', ['run', 'square.txt', '--range', '1..2']],
      ['RANGE_BACKWARDS', ['run', 'square.c', '--range', '5..1']],
      ['OUTPUT_UNWRITABLE', ['run', 'square.c', '--range', '1..2', '--out', 'absent/a.ndjson']],
      ['OUTPUT_NEEDS_FILE', ['results', 'any', '--continue']],
      ['TEMPLATE_UNKNOWN_FIELD', ['run', 'square.c', '--range', '1..2', '--arg', '{n}']],
    ];
    for (const [expected, command] of wrong) {
      const { code, stderr } = await cli.run(...command);
      expect({ expected, code, stderr: stderr.includes(expected) && expected }).toEqual({
        expected,
        code: 2,
        stderr: expected,
      });
    }
  });

  test('CLI-6 a wrong token and a coordinator that is not there end with 3', async ({ cli }) => {
    const wrongToken = await cli.run('jobs', '--token', 'mh_wrong');
    expect(wrongToken.code).toBe(3);
    expect(wrongToken.stderr).toContain('token');
    const nobody = await cli.run('jobs', '--url', 'http://127.0.0.1:9');
    expect(nobody.code).toBe(3);
    expect(nobody.stderr).toContain('UNREACHABLE');
  });

  test('CLI-7 Ctrl-C leaves the job going and prints the way back, which leads to every result once', async ({
    cli,
    contributeHeadless,
  }) => {
    await contributeHeadless(1);
    await cli.write('slow.c', SLOW);
    const run = cli.start(
      ...['run', 'slow.c', '--range', '1..6', '--arg', '{i}', '--replicas', '1'],
      ...['--out', 'out.ndjson'],
    );
    await run.printed(/Posted/);
    const id = postedJob(run.stderr);
    await expect.poll(() => hasResults(cli, 'out.ndjson')).toBe(true);
    run.interrupt();
    const { code, stderr } = await run.ended;
    expect(code).toBe(130);
    expect(stderr).toContain(`manyhands cancel ${id}`);
    const [, wayBack] = /manyhands (results .*)/.exec(stderr) ?? [];
    expect(wayBack).toBe(`results ${id} --follow --out out.ndjson --continue`);

    const before = (await rows(cli, 'out.ndjson')).length;
    expect(before).toBeLessThan(6);
    expect(await cli.run(...wayBack.split(' '))).toMatchObject({ code: 0 });
    const found = await rows(cli, 'out.ndjson');
    expect(found.map((row) => row.shard).toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('CLI-8 a cancelled job keeps its results, and whoever follows it ends with 1', async ({
    cli,
    contributeHeadless,
  }) => {
    await contributeHeadless(1);
    await cli.write('slow.c', SLOW);
    const run = cli.start(
      ...['run', 'slow.c', '--range', '1..1000', '--arg', '{i}', '--replicas', '1'],
      ...['--out', 'out.ndjson'],
    );
    await run.printed(/Posted/);
    const id = postedJob(run.stderr);
    await expect.poll(() => hasResults(cli, 'out.ndjson')).toBe(true);
    const cancel = await cli.run('cancel', id);
    expect(cancel).toMatchObject({ code: 0 });
    expect(cancel.stdout).toContain(`${id} is cancelled`);
    expect(await run.ended).toMatchObject({ code: 1 });

    const kept = (await rows(cli, 'out.ndjson')).length;
    expect((await cli.run('job', id)).stdout).toContain('cancelled');
    const rest = await cli.run('results', id);
    expect(rest.stdout.trimEnd().split('\n')).toHaveLength(kept);
  });

  test('CLI-9 --detach prints the job and leaves; jobs lists it', async ({ cli }) => {
    await cli.write('square.c', SQUARE);
    const detached = await cli.run(
      ...['run', 'square.c', '--range', '1..1000000000', '--arg', '{i}', '--detach'],
      ...['--name', 'A billion squares'],
    );
    expect(detached.code).toBe(0);
    const id = detached.stdout.trim();
    const { stdout } = await cli.run('jobs');
    expect(stdout).toMatch(new RegExp(`${id} .*0%.*A billion squares`));
  });
});

test('CLI-10 a JavaScript program posted from the command line is computed by a browser', async ({
  cli,
  page,
}) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await cli.write('parity.js', 'export default (input) => ({ n: input, even: input % 2 === 0 });');
  const { code, stdout } = await cli.run(
    ...['run', 'parity.js', '--range', '0..999', '--replicas', '1'],
  );
  expect(code).toBe(0);
  const values = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ResultRow)
    .toSorted((a, b) => a.shard - b.shard)
    .map((row) => row.value);
  expect(values).toEqual(Array.from({ length: 1000 }, (_, n) => ({ n, even: n % 2 === 0 })));
});
