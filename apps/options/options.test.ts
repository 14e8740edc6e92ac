import { describe, expect, it } from 'vitest';
import { publicFields } from '../../shared/job/inputs.ts';
import { localApp } from '../local-app.ts';
import { europeanCall, geometricAsianCall, normalCdf } from './closed-form.ts';
import { type Price, parseEstimates, priceOf, RATE, SPOT } from './reduce.ts';

const atTheMoney = { spot: SPOT, rate: RATE, strike: 100, volatility: 0.2, years: 1 };

/** Fewer paths than the job has, to be quick; so errors are about three times as large. */
async function prices(shards: (k: number) => boolean): Promise<Price[]> {
  const { args } = (await localApp('options')).spec;
  const app = await localApp('options', {
    args: args.map((arg) => (arg === '1000000' ? '100000' : arg)),
  });
  const found: Price[] = [];
  for (let shard = 0; shard < app.shards; shard++) {
    if (!shards(shard)) continue;
    const fields = publicFields(app.spec.inputs, shard);
    found.push(priceOf(fields, parseEstimates(await app.text(shard))));
  }
  return found;
}

describe('options', () => {
  it('JOB-41 has closed forms that give the prices in the textbooks', () => {
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 14);
    expect(normalCdf(-3)).toBeCloseTo(0.0013498980316300933, 15);
    expect(europeanCall(atTheMoney)).toBeCloseTo(10.450583572185565, 10);
    // One date is no average: the same option.
    expect(geometricAsianCall(atTheMoney, 1)).toBeCloseTo(europeanCall(atTheMoney), 12);
    // Hull's example of an option on a stock at 42.
    const hull = { spot: 42, strike: 40, rate: 0.1, volatility: 0.2, years: 0.5 };
    expect(europeanCall(hull)).toBeCloseTo(4.76, 2);
  });

  it('JOB-41 agrees with both closed forms within four standard errors all over the grid', async () => {
    const found = await prices((shard) => shard % 2 === 0);
    expect(found).toHaveLength(68);
    for (const { europeanOff, geometricOff } of found) {
      expect(Math.abs(europeanOff)).toBeLessThan(4);
      expect(Math.abs(geometricOff)).toBeLessThan(4);
    }
    // And is not off to one side: over many points the mean square is that of a standard normal.
    const square = found.reduce((sum, { europeanOff }) => sum + europeanOff ** 2, 0) / found.length;
    expect(square).toBeGreaterThan(0.4);
    expect(square).toBeLessThan(1.9);
  });

  it('JOB-41 prices the arithmetic option between the geometric and the European one', async () => {
    const found = await prices((shard) => shard % 9 === 4);
    for (const { arithmetic, error, ...option } of found) {
      expect(arithmetic + 4 * error).toBeGreaterThan(geometricAsianCall(option, 12));
      expect(arithmetic).toBeLessThan(europeanCall(option));
      expect(error).toBeLessThan(0.01 * arithmetic);
    }
  });
});
