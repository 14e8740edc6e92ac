import { describe, expect, test } from 'vitest';
import { quantile, steadyRate } from './rates.ts';

describe('rates', () => {
  test('a quantile lies between its neighbours', () => {
    expect(quantile([9, 1, 5], 0.5)).toBe(5);
    expect(quantile([0, 10], 0.95)).toBeCloseTo(9.5);
    expect(quantile([7], 0.95)).toBe(7);
  });

  test('a steady rate leaves out what was done at the first moment', () => {
    expect(steadyRate([1000, 2000, 3000])).toBe(1);
    expect(steadyRate([1000, 1000, 1000, 1500, 1500])).toBe(4);
  });

  test('one moment has no rate', () => {
    expect(() => steadyRate([5, 5])).toThrow('no rate');
  });
});
