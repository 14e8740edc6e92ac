import { describe, expect, test } from 'vitest';
import { median, quantile, steadyRate } from './rates.ts';

describe('rates', () => {
  test('a median is the middle, or between the two middle ones', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([1, 2, 3, 10])).toBe(2.5);
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
