import { utf8 } from '../shared/bytes.ts';
import { firstShardMilliseconds } from './browser-side/first-shard.ts';
import { ENDLESS, type Network, ONE_REPLICA, openNetwork } from './browser-side/network.ts';
import { compileProgram, NO_OP_FUNCTION } from './browser-side/programs.ts';
import { lookAround } from './browser-side/quiet.ts';
import { quantile } from './browser-side/rates.ts';
import { scriptsBeforeClick } from './browser-side/scripts-before-click.ts';
import type { Bench, BenchOptions, Report } from './harness/bench.ts';

/** Visitors of each kind. */
const FULL = 30;
const QUICK = 7;

interface StartFigures {
  /** Median of visitors who have never been here, with a compiled C program waiting. */
  first_shard_ms: number;
  first_shard_p95_ms: number;
  /** With a JavaScript function waiting. */
  javascript_first_shard_ms: number;
  /** Visitors who come again: their key and the page's files are there. */
  returning_first_shard_ms: number;
  contribute_gzip_kb: number;
}

/** From a click on Start to the first shard done, and what the page loads before the click. */
async function measure(quick: boolean): Promise<StartFigures> {
  const visitors = quick ? QUICK : FULL;
  const network = await openNetwork();
  try {
    const contributeKb = await gzipBeforeClick(network);
    const { client } = network;
    const wasi = await client.upload(await compileProgram('no-op.c'));
    const compiled = await visit(network, { kind: 'wasi', blob: wasi.id }, visitors);
    const source = await client.upload(utf8(NO_OP_FUNCTION));
    const scripted = await visit(network, { kind: 'javascript', blob: source.id }, visitors);
    return {
      first_shard_ms: quantile(compiled.fresh, 0.5),
      first_shard_p95_ms: quantile(compiled.fresh, 0.95),
      javascript_first_shard_ms: quantile(scripted.fresh, 0.5),
      returning_first_shard_ms: quantile(compiled.returning, 0.5),
      contribute_gzip_kb: contributeKb,
    };
  } finally {
    await network.close();
  }
}

async function gzipBeforeClick({ browser, coordinator }: Network): Promise<number> {
  const page = await browser.newPage();
  const kilobytes = await scriptsBeforeClick(page, coordinator.url);
  await page.close();
  return kilobytes;
}

interface Visits {
  fresh: number[];
  returning: number[];
}

/** Visitors one after the other, each in a profile of their own, who come twice. */
async function visit(
  { browser, client, coordinator }: Network,
  program: { kind: 'wasi' | 'javascript'; blob: string },
  visitors: number,
): Promise<Visits> {
  const job = await client.post({
    name: 'First shard',
    program,
    inputs: { kind: 'range', from: 1, to: ENDLESS },
    replication: ONE_REPLICA,
  });
  const visits: Visits = { fresh: [], returning: [] };
  for (let visitor = 0; visitor < visitors; visitor++) {
    const context = await browser.newContext();
    for (const times of [visits.fresh, visits.returning]) {
      const page = await context.newPage();
      await page.goto(coordinator.url, { waitUntil: 'networkidle' });
      times.push(await firstShardMilliseconds(page));
      await page.close();
    }
    await context.close();
  }
  await client.cancel(job.id);
  return visits;
}

async function run({ quick }: BenchOptions): Promise<Report> {
  const quiet = lookAround();
  const figures = await measure(quick);
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return {
    figures: { ...figures, load_before: quiet.loadBefore },
    table: [
      ['from the click on Start', 'figure', 'target'],
      ['first shard of a C program, new visitor', ms(figures.first_shard_ms), '500 ms'],
      ['the same, 95 of 100 visitors', ms(figures.first_shard_p95_ms), ''],
      ['first shard of a JavaScript function', ms(figures.javascript_first_shard_ms), ''],
      ['first shard of a C program, second visit', ms(figures.returning_first_shard_ms), ''],
      ['JavaScript before the click', `${figures.contribute_gzip_kb.toFixed(1)} kB gzip`, '120 kB'],
    ],
    notes: [
      'Medians over visitors with a profile each, on localhost, until the page shows it.',
      ...quiet.notes,
    ],
  };
}

export const bench: Bench = {
  name: 'start',
  summary: 'from a click on Start to the first shard done, and what is loaded before it',
  run,
};
