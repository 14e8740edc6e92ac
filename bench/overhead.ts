import { BarePage } from './browser-side/bare-page.ts';
import { contribute } from './browser-side/contributor.ts';
import { openNetwork } from './browser-side/network.ts';
import { servePage } from './browser-side/page-server.ts';
import { compileProgram } from './browser-side/programs.ts';
import { lookAround, type Quiet } from './browser-side/quiet.ts';
import { type Comparison, compareSides } from './browser-side/side-by-side.ts';
import { roundsFor } from './browser-side/spin-job.ts';
import type { Bench, BenchOptions, Report } from './harness/bench.ts';
import { readable } from './harness/table.ts';

/** Counted shards of one run; the pairs are five in every run, for the median. */
const FULL = { long: 10, short: 500 };
const QUICK = { long: 2, short: 100 };
const PAIRS = 5;

/**
 * Shards of a real C program through the whole network, against the same module in a bare worker of
 * the same browser. One thread computes on either side.
 */
async function run({ quick }: BenchOptions): Promise<Report> {
  const quiet = lookAround();
  const counts = quick ? QUICK : FULL;
  const wasm = await compileProgram('spin.c');
  const network = await openNetwork();
  const server = await servePage({ spin: wasm });
  try {
    const bare = await BarePage.open(network.browser, server.url);
    const rounds = await roundsFor(bare, 10);
    const program = { kind: 'wasi', blob: (await network.client.upload(wasm)).id } as const;
    await contribute(network.browser, network.coordinator.url, 1);
    const short = await compareSides(network, bare, program, {
      rounds,
      shards: counts.short,
      pairs: PAIRS,
    });
    const long = await compareSides(network, bare, program, {
      rounds: 100 * rounds,
      shards: counts.long,
      pairs: PAIRS,
    });
    return report(long, short, quiet);
  } finally {
    await network.close();
    await server.close();
  }
}

function report(long: Comparison, short: Comparison, quiet: Quiet): Report {
  const row = (name: string, target: string, { network, bare, ratio, ratios }: Comparison) => [
    name,
    `${readable(network)}/s`,
    `${readable(bare)}/s`,
    percent(ratio),
    `${percent(Math.min(...ratios))} .. ${percent(Math.max(...ratios))}`,
    target,
  ];
  return {
    figures: {
      ratio_1s: long.ratio,
      ratio_10ms: short.ratio,
      network_per_s: { '1s': long.network, '10ms': short.network },
      bare_per_s: { '1s': long.bare, '10ms': short.bare },
      ratios: { '1s': long.ratios, '10ms': short.ratios },
      load_before: quiet.loadBefore,
    },
    table: [
      ['shards', 'network', 'bare worker', 'ratio', 'of pairs', 'target'],
      row('1 s', '97 %', long),
      row('10 ms', '90 %', short),
    ],
    notes: [
      `Medians of ${PAIRS} pairs, sides in turn, one thread each, in one Chromium; both sides gave the same answers.`,
      ...quiet.notes,
    ],
  };
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}

export const bench: Bench = {
  name: 'overhead',
  summary: 'long and short shards through the network, against a bare worker',
  run,
};
