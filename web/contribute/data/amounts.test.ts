import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CACHE_BOUNDS, CAP_BOUNDS, mebibytes, megabytes, readMegabytes } from './amounts.ts';

describe('WEB-42 an amount of data is taken as it is meant, or not at all', () => {
  test.each([
    ['750', 750],
    [' 1,500 ', 1_500],
    ['20 000', 20_000],
  ])('%s', (typed, amount) => {
    expect(readMegabytes(typed, CACHE_BOUNDS)).toBe(amount);
  });

  test.each(['', '-500', '0', '99', '1.5', '2 GB', 'lots', '1e3', '100001', '9'.repeat(30)])(
    'not %s',
    (typed) => {
      expect(readMegabytes(typed, CACHE_BOUNDS)).toBeNull();
    },
  );

  test('both ends of the bounds are within', () => {
    for (const bounds of [CACHE_BOUNDS, CAP_BOUNDS]) {
      for (const end of [bounds.least, bounds.most])
        expect(readMegabytes(String(end), bounds)).toBe(end);
    }
  });

  test('MB stay what they are on their way through the settings', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: CAP_BOUNDS.most }), (mb) => {
        expect(megabytes(mebibytes(mb))).toBe(mb);
      }),
    );
  });
});
