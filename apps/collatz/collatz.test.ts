import { describe, expect, it } from 'vitest';
import { localApp } from '../local-app.ts';
import { type Chain, longer, parseChain } from './reduce.ts';

/** The longest chain of a job over these starts. */
async function longestOf(from: number, to: number, step: number): Promise<Chain> {
  const app = await localApp('collatz', {
    inputs: { kind: 'range', from, to, step },
    args: ['--from', '{i}', '--count', String(step)],
  });
  const chains: Chain[] = [];
  for (let shard = 0; shard < app.shards; shard++) chains.push(parseChain(await app.text(shard)));
  return chains.reduce(longer);
}

/** Written as plainly as can be, to compare with. */
function longestByHand(from: number, to: number): Chain {
  const longest: Chain = { start: from, steps: -1, peak: 0 };
  for (let start = from; start <= to; start++) {
    let steps = 0;
    for (let n = start; n !== 1; n = n % 2 === 0 ? n / 2 : 3 * n + 1) {
      if (n > longest.peak) longest.peak = n;
      steps++;
    }
    if (steps > longest.steps) Object.assign(longest, { start, steps });
  }
  return longest;
}

describe('collatz', () => {
  it('JOB-40 finds the longest chains that are known below powers of ten', async () => {
    expect(await longestOf(1, 1000, 100)).toMatchObject({ start: 871, steps: 178 });
    expect(await longestOf(1, 100_000, 10_000)).toMatchObject({ start: 77_031, steps: 350 });
    expect(await longestOf(1, 1_000_000, 250_000)).toEqual({
      start: 837_799,
      steps: 524,
      peak: 56_991_483_520,
    });
  });

  it('JOB-40 agrees with a plain count, whatever the range', async () => {
    for (const [from, to] of [
      [2, 5],
      [27, 27],
      [4097, 9000],
    ]) {
      expect(await longestOf(from, to, to - from + 1)).toEqual(longestByHand(from, to));
    }
  });

  it('JOB-40 finds the longest chain up to 10^8 in the shard of the job that has it', async () => {
    const app = await localApp('collatz');
    expect(app.shards).toBe(400);
    const shard = Math.floor((63_728_127 - 1) / 250_000);
    expect(parseChain(await app.text(shard))).toMatchObject({ start: 63_728_127, steps: 949 });
    expect(parseChain(await app.text(399)).steps).toBeLessThan(949);
  });

  it('JOB-40 says what is wrong with its arguments, and when a chain leaves 64 bits', async () => {
    const wrong = await localApp('collatz', { args: ['--from', 'x', '--count', '1'] });
    await expect(wrong.text(0)).rejects.toThrow('usage: collatz');
    for (const count of ['1', '2']) {
      const args = ['--from', '18446744073709551615', '--count', count];
      await expect((await localApp('collatz', { args })).text(0)).rejects.toThrow('64 bits');
    }
  });
});
