import * as z from 'zod/mini';
import { readResults, resultsPath, stdoutOf } from '../results.ts';
import { europeanCall, geometricAsianCall, type Option } from './closed-form.ts';

/** Price at the start and interest, which the job keeps the same for all shards. */
export const SPOT = 100;
export const RATE = 0.05;
/** Dates that an Asian option averages over. */
const DATES = 12;

const Estimate = z.tuple([z.number(), z.number()]);
const Estimates = z.object({ european: Estimate, geometric: Estimate, difference: Estimate });
/** What one shard printed: mean and standard error of each estimate. */
export type Estimates = z.infer<typeof Estimates>;

const Point = z.object({ strike: z.number(), volatility: z.number(), years: z.number() });

/** One row of the table. */
export interface Price extends Option {
  /** Price of the arithmetic Asian call, and its standard error. */
  arithmetic: number;
  error: number;
  /** How far the two known prices are off, in standard errors. */
  europeanOff: number;
  geometricOff: number;
}

/** What one shard printed, checked. */
export function parseEstimates(stdout: string): Estimates {
  return Estimates.parse(JSON.parse(stdout));
}

/** The price at one point of the grid. */
export function priceOf(input: unknown, { european, geometric, difference }: Estimates): Price {
  const option = { spot: SPOT, rate: RATE, ...Point.parse(input) };
  const exactGeometric = geometricAsianCall(option, DATES);
  return {
    ...option,
    arithmetic: exactGeometric + difference[0],
    error: difference[1],
    europeanOff: (european[0] - europeanCall(option)) / european[1],
    geometricOff: (geometric[0] - exactGeometric) / geometric[1],
  };
}

if (import.meta.main) {
  console.log('years  volatility  strike      price   std.error');
  let worst = 0;
  for await (const row of readResults(resultsPath())) {
    const price = priceOf(row.input, parseEstimates(stdoutOf(row)));
    worst = Math.max(worst, Math.abs(price.europeanOff), Math.abs(price.geometricOff));
    const columns = [
      price.years.toFixed(2).padStart(5),
      price.volatility.toFixed(2).padStart(11),
      price.strike.toFixed(0).padStart(7),
      price.arithmetic.toFixed(5).padStart(10),
      price.error.toFixed(5).padStart(11),
    ];
    console.log(columns.join(' '));
  }
  console.log(`Known prices are at most ${worst.toFixed(2)} standard errors off.`);
}
