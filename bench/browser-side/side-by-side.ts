import { deepStrictEqual } from 'node:assert/strict';
import type { JobSpecInput } from '../../shared/job/spec.ts';
import { median } from '../harness/statistics.ts';
import type { BarePage } from './bare-page.ts';
import type { Network } from './network.ts';
import { steadyRate } from './rates.ts';
import { runSpinJob } from './spin-job.ts';

/** What to compare: pairs of runs of as many shards on either side. */
export interface ComparisonPlan {
  rounds: number;
  /** Counted shards of a run; one more comes before them. */
  shards: number;
  pairs: number;
}

export interface Comparison {
  /** Median of the pairs' ratios: throughput through the network over that of the bare worker. */
  ratio: number;
  ratios: number[];
  /** Medians, in shards a second. */
  network: number;
  bare: number;
}

/**
 * Runs the same shards through the network and in the bare worker, in turn, each side first in every
 * other pair, and checks that both gave the same answers.
 */
export async function compareSides(
  network: Network,
  bare: BarePage,
  program: JobSpecInput['program'],
  { rounds, shards, pairs }: ComparisonPlan,
): Promise<Comparison> {
  const networkRates: number[] = [];
  const bareRates: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const wanted = { rounds, first: pair * (shards + 1), count: shards + 1 };
    const sides = [
      async () => {
        const arrivals = await runSpinJob(network, program, wanted);
        networkRates.push(steadyRate(arrivals.doneAt));
        return arrivals.stdout;
      },
      async () => {
        const times = await bare.run({ kind: 'spin', ...wanted });
        bareRates.push(steadyRate(times.doneAt));
        return times.stdout;
      },
    ];
    if (pair % 2 === 1) sides.reverse();
    const first = await sides[0]();
    deepStrictEqual(await sides[1](), first);
  }
  const ratios = networkRates.map((rate, pair) => rate / bareRates[pair]);
  return { ratio: median(ratios), ratios, network: median(networkRates), bare: median(bareRates) };
}
