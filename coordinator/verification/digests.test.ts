import { describe, expect, test } from 'vitest';
import { outputDigest } from '../../shared/verdict/digest.ts';
import { allResults, rightResults } from '../scheduler/testing/bench.ts';
import { DigestCheck } from './digests.ts';

describe('digest check', () => {
  test('VER-4 a digest holds for its own outcome and output only', () => {
    const check = new DigestCheck(outputDigest);
    const results = rightResults({ first: 7, count: 2 });
    const half = results.outputs.length / 2;
    expect(check.holds(results, 0, 0, half)).toBe(true);
    expect(check.holds(results, 1, half, 2 * half)).toBe(true);
    expect(check.holds(results, 0, half, 2 * half)).toBe(false);
    results.statuses[0] = 1;
    expect(check.holds(results, 0, 0, half)).toBe(false);
  });

  test('VER-4 equal answers are hashed once, and a false digest of one is still found', () => {
    let hashed = 0;
    const check = new DigestCheck((outcome, output) => {
      hashed++;
      return outputDigest(outcome, output);
    });
    const results = allResults({ first: 0, count: 3 }, { outcome: 0, output: 'x' });
    results.digests[2 * 32] ^= 1;
    expect([0, 1, 2].map((i) => check.holds(results, i, i, i + 1))).toEqual([true, true, false]);
    expect(hashed).toBe(1);
  });
});
