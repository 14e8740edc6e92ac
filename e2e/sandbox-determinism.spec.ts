import { expect, type Page } from '@playwright/test';
import { compileC } from '../scripts/compile-c.ts';
import { toHex } from '../shared/bytes.ts';
import type { JobView } from '../shared/job/view.ts';
import { outputDigest } from '../shared/verdict/digest.ts';
import { wasiExecutor } from '../worker/executors/wasi.ts';
import { base64, jobOf, test } from './hostile/fixtures.ts';

const SHARDS = 50;

/** Everything that could differ between machines: clocks, random numbers, libm, floats, addresses. */
const WASI_SOURCE = `#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
int main(int argc, char **argv) {
  double x = atof(argv[1]) / 7;
  unsigned char bytes[16];
  getentropy(bytes, sizeof bytes);
  printf("%.17g %.17g %.17g %.17g\\n", sin(x), exp(x), pow(x, 1.7), tgamma(x / 9));
  printf("%lld %p %02x%02x\\n", (long long)time(0), malloc(10), bytes[0], bytes[15]);
  return 0;
}`;

const JAVASCRIPT_SOURCE = `export default async function (i, { shard, args, env, log }) {
  const started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 1000 * i));
  const order = [];
  await Promise.all([3, 1, 2].map(async (n) => {
    await new Promise((resolve) => setTimeout(resolve, n));
    order.push(n);
  }));
  return {
    shard, args, env, order,
    now: Date.now(),
    date: new Date(),
    text: [new Date(2020, 6, 1).toString(), new Date('2020-07-01T12:00').getHours(),
      new Date('2020-07-01').toLocaleDateString(), new Date(0).getTimezoneOffset(), Date().length],
    waited: performance.now() - started,
    random: [Math.random(), ...crypto.getRandomValues(new Uint16Array(3)), crypto.randomUUID()],
    locale: [(1234.5).toLocaleString(), 'ä'.localeCompare('z'), 'i'.toLocaleUpperCase()],
    sorted: Array.from({ length: 600 }, (_, k) => (k * 7919) % 601).sort((a, b) => a % 10 - b % 10).slice(0, 20),
    globals: Object.getOwnPropertyNames(globalThis).length > 0,
    math: 'abs acos acosh asin asinh atan atan2 atanh cbrt ceil cos cosh exp expm1 floor fround hypot log log10 log1p log2 max pow round sin sinh sqrt tan tanh trunc'
      .split(' ').map((name) => [name, Math[name](i / 60 + 0.1, 0.7), Math[name](-i / 3, 2)]),
    powers: [(i + 0.3) ** 7, 1.1 ** -3.3, 2n ** 70n + '', NaN ** 0, 1 ** Infinity],
    sum: Array.from({ length: 100 }, (_, k) => 1 / (k + i + 1)).reduce((a, b) => a + b),
  };
}`;

test('EXE-5 a WASI shard has the same digest in every browser and in Node, each time', async ({
  stagePage,
}) => {
  const program = await compileC(WASI_SOURCE, ['-std=gnu23']);
  const job = jobOf('wasi');
  const inBrowser = await digests(stagePage, job, base64(program));
  const instance = await wasiExecutor.prepare({ job, program, blobs: new Map() });
  const inNode: string[] = [];
  for (let shard = 0; shard < SHARDS; shard++) {
    const fields = { shard, i: shard };
    const run = { shard, fields, checkpoint: null, onCheckpoint() {} };
    const { outcome, output } = await instance.run(run);
    inNode.push(toHex(outputDigest(outcome, output)));
  }
  expect(inBrowser[0]).toEqual(inNode);
  expect(inBrowser[1]).toEqual(inNode);
  expect(new Set(inNode).size).toBe(SHARDS);
});

test('EXE-5 a JavaScript shard has the same digest in every browser, each time', async ({
  stagePage,
}) => {
  const [once, again] = await digests(stagePage, jobOf('javascript'), base64(JAVASCRIPT_SOURCE));
  expect(again).toEqual(once);
  expect(new Set(once).size).toBe(SHARDS);
  // What each browser is compared with, because it cannot see the others.
  expect(once[7]).toBe('77be75c379217ed806413525d8247a4f6449726318782d7585bb149bf1bfb666');
});

/** The digests of the first shards, in order and again in halves of a new sandbox. */
async function digests(page: Page, job: JobView, program: string): Promise<[string[], string[]]> {
  return page.evaluate(
    async ([view, source, shards]) => {
      const actor = new stage.Stage(1);
      const digestsOf = async (first: number, count: number) => {
        const { results, died } = await actor.run(first, count);
        if (died) throw new Error(died);
        return results.map(({ digest, outcome, message }) =>
          outcome === 'ok' ? digest : `${outcome}: ${message}`,
        );
      };
      await actor.load(view, source);
      const once = await digestsOf(0, shards);
      await actor.kill();
      await actor.load(view, source);
      const half = Math.floor(shards / 2);
      const behind = await digestsOf(half, shards - half);
      return [once, [...(await digestsOf(0, half)), ...behind]] as [string[], string[]];
    },
    [job, program, SHARDS] as const,
  );
}
