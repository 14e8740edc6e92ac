import { utf8 } from '../shared/bytes.ts';
import type { Program } from '../shared/job/spec.ts';
import { BarePage } from './browser-side/bare-page.ts';
import { openNetwork } from './browser-side/network.ts';
import { runNoOps } from './browser-side/no-op-run.ts';
import { servePage } from './browser-side/page-server.ts';
import { compileProgram, DISTINCT_FUNCTION, NO_OP_FUNCTION } from './browser-side/programs.ts';
import { lookAround } from './browser-side/quiet.ts';
import { SimpleStore } from './browser-side/simple-store.ts';
import type { Bench, BenchOptions, Report } from './harness/bench.ts';
import { median } from './harness/statistics.ts';
import { readable } from './harness/table.ts';

/** Milliseconds of each run, and how many runs a median is of. */
const FULL = { window: { warmUp: 3000, length: 10_000 }, bareMs: 3000, runs: 3 };
const QUICK = { window: { warmUp: 1500, length: 3000 }, bareMs: 1000, runs: 1 };

interface BrowserFigures {
  shards_per_s_1replica: number;
  verdicts_per_s_2replicas: number;
  /** One replica with outputs that all differ, so that each is hashed by itself. */
  distinct_shards_per_s_1replica: number;
  /** With a WASI program, which has a fresh instance for each shard. */
  wasi_shards_per_s_1replica: number;
  wasi_verdicts_per_s_2replicas: number;
  /** The simplest method: fetch a shard, run it, post its result, each one a commit. */
  fetch_per_shard_per_s: number;
  /** The function called and its output hashed in a bare worker, no network: the limit. */
  bare_shards_per_s: number;
  /** The WASI program on the plain shim, with a new memory each time: no limit for one that keeps it. */
  wasi_bare_shards_per_s: number;
}

/** No-op shards through one real Chromium: all that is measured is the network's own cost. */
async function measure(quick: boolean): Promise<BrowserFigures> {
  const plan = quick ? QUICK : FULL;
  const wasm = await compileProgram('no-op.c');
  const network = await openNetwork();
  const store = new SimpleStore();
  const server = await servePage({ 'no-op': wasm }, store);
  try {
    const { client, browser } = network;
    const scripted = async (source: string): Promise<Program> => {
      const { id } = await client.upload(utf8(source));
      return { kind: 'javascript', blob: id };
    };
    const noOp = await scripted(NO_OP_FUNCTION);
    const distinct = await scripted(DISTINCT_FUNCTION);
    const wasi: Program = { kind: 'wasi', blob: (await client.upload(wasm)).id };
    const rate = async (program: Program, nodes: 1 | 2) => {
      const rates: number[] = [];
      for (let run = 1; run <= plan.runs; run++) {
        const kill = run === plan.runs;
        rates.push(await runNoOps(network, { program, nodes, window: plan.window, kill }));
      }
      return median(rates);
    };
    const bare = await BarePage.open(browser, server.url);
    const bareRate = async (kind: 'no-op-function' | 'no-op-program' | 'fetch-per-shard') =>
      (await bare.run({ kind, milliseconds: plan.bareMs })).rate;
    return {
      shards_per_s_1replica: await rate(noOp, 1),
      verdicts_per_s_2replicas: await rate(noOp, 2),
      distinct_shards_per_s_1replica: await rate(distinct, 1),
      wasi_shards_per_s_1replica: await rate(wasi, 1),
      wasi_verdicts_per_s_2replicas: await rate(wasi, 2),
      fetch_per_shard_per_s: await bareRate('fetch-per-shard'),
      bare_shards_per_s: await bareRate('no-op-function'),
      wasi_bare_shards_per_s: await bareRate('no-op-program'),
    };
  } finally {
    await network.close();
    await server.close();
    store.dispose();
  }
}

async function run({ quick }: BenchOptions): Promise<Report> {
  const quiet = lookAround();
  const figures = await measure(quick);
  const row = (name: string, per: number, limit: number | null, target = '') => [
    name,
    `${readable(per)}/s`,
    limit === null ? '' : `${((100 * per) / limit).toFixed(0)} %`,
    target,
  ];
  const { bare_shards_per_s: bare, wasi_bare_shards_per_s: bareWasi } = figures;
  return {
    figures: { ...figures, load_before: quiet.loadBefore },
    table: [
      ['no-op shards', 'rate', 'of a bare worker', 'target'],
      row('JavaScript, 1 replica, 1 node', figures.shards_per_s_1replica, bare, '50,000/s'),
      row('JavaScript, 2 replicas, 2 nodes', figures.verdicts_per_s_2replicas, bare, '25,000/s'),
      row('JavaScript, each output its own', figures.distinct_shards_per_s_1replica, bare),
      row('WASI, 1 replica, 1 node', figures.wasi_shards_per_s_1replica, bareWasi),
      row('WASI, 2 replicas, 2 nodes', figures.wasi_verdicts_per_s_2replicas, bareWasi),
      row('simplest: fetch and post each', figures.fetch_per_shard_per_s, bare),
      row('bare worker: called and hashed', bare, null),
      row('bare worker: WASI, plain shim', bareWasi, null),
    ],
    notes: [
      'Verdicts a second, counted once they are on the disk; the first seconds do not count.',
      'The coordinator is killed after each last run: no verdict that was counted is lost.',
      ...quiet.notes,
    ],
  };
}

export const bench: Bench = {
  name: 'browser',
  summary: 'shards that do nothing, through one real Chromium',
  run,
};
