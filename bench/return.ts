import { randomFillSync } from 'node:crypto';
import { firstShardMilliseconds } from './browser-side/first-shard.ts';
import { ENDLESS, type Network, ONE_REPLICA, openNetwork } from './browser-side/network.ts';
import { compileProgram } from './browser-side/programs.ts';
import { lookAround } from './browser-side/quiet.ts';
import { quantile } from './browser-side/rates.ts';
import type { Bench, BenchOptions, Report } from './harness/bench.ts';

/** Visitors who come twice. */
const FULL = 15;
const QUICK = 3;
/** The file that every shard is given: a model of common size. */
const FILE_BYTES = 32 * 1024 * 1024;
const MIB = 1024 * 1024;

interface ReturnFigures {
  /** Median of visitors who come again: what the job needs is in their cache. */
  first_shard_ms: number;
  /** Median of their first visits. */
  first_visit_ms: number;
  /** Bytes of blobs that the coordinator sent for one visit. */
  first_visit_mib: number;
  return_mib: number;
}

/** From a click on Start to the first shard of a job with a large given file, twice a visitor. */
async function measure(quick: boolean): Promise<ReturnFigures> {
  const network = await openNetwork();
  const { client } = network;
  try {
    const program = await client.upload(await compileProgram('no-op.c'));
    const file = await client.upload(randomFillSync(new Uint8Array(FILE_BYTES)));
    await client.post({
      name: 'A large file',
      program: { kind: 'wasi', blob: program.id },
      inputs: { kind: 'range', from: 1, to: ENDLESS },
      files: [{ path: '/model', blob: file.id }],
      replication: ONE_REPLICA,
    });
    const times: [number[], number[]] = [[], []];
    const sent: [number[], number[]] = [[], []];
    const visitors = quick ? QUICK : FULL;
    for (let visitor = 0; visitor < visitors; visitor++) {
      const context = await network.browser.newContext();
      for (const visit of [0, 1] as const) {
        const before = await bytesSent(network);
        const page = await context.newPage();
        await page.goto(network.coordinator.url, { waitUntil: 'networkidle' });
        times[visit].push(await firstShardMilliseconds(page));
        await page.close();
        sent[visit].push((await bytesSent(network)) - before);
      }
      await context.close();
    }
    return {
      first_shard_ms: quantile(times[1], 0.5),
      first_visit_ms: quantile(times[0], 0.5),
      first_visit_mib: quantile(sent[0], 0.5) / MIB,
      return_mib: quantile(sent[1], 0.5) / MIB,
    };
  } finally {
    await network.close();
  }
}

async function bytesSent({ client }: Network): Promise<number> {
  return (await client.status()).data.coordinatorBytes;
}

async function run({ quick }: BenchOptions): Promise<Report> {
  const quiet = lookAround();
  const figures = await measure(quick);
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  const mib = (value: number) => `${value.toFixed(1)} MiB`;
  return {
    figures: { ...figures, load_before: quiet.loadBefore },
    table: [
      ['a job whose shards are given 32 MiB', 'first visit', 'second visit'],
      ['from the click to the first shard', ms(figures.first_visit_ms), ms(figures.first_shard_ms)],
      ['sent by the coordinator', mib(figures.first_visit_mib), mib(figures.return_mib)],
    ],
    notes: [
      'Medians over visitors with a profile each, on localhost, where a download costs least.',
      ...quiet.notes,
    ],
  };
}

export const bench: Bench = {
  name: 'return',
  summary: 'first shard of a visitor who comes again, with what the job needs in the cache',
  run,
};
