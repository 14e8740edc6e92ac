import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseByteRange } from './byte-range.ts';

test.each([
  [undefined, 10, { kind: 'whole' }],
  ['bytes=0-3', 10, { kind: 'part', first: 0, last: 3 }],
  ['bytes=7-', 10, { kind: 'part', first: 7, last: 9 }],
  ['bytes=7-99', 10, { kind: 'part', first: 7, last: 9 }],
  ['bytes=-4', 10, { kind: 'part', first: 6, last: 9 }],
  ['bytes=-99', 10, { kind: 'part', first: 0, last: 9 }],
  ['bytes=10-', 10, { kind: 'unsatisfiable' }],
  ['bytes=-0', 10, { kind: 'unsatisfiable' }],
  ['bytes=0-', 0, { kind: 'unsatisfiable' }],
  ['bytes=5-2', 10, { kind: 'whole' }],
  ['bytes=0-1,3-4', 10, { kind: 'whole' }],
  ['lines=0-1', 10, { kind: 'whole' }],
  ['bytes=-', 10, { kind: 'whole' }],
])('API-11 the range %s of %d bytes', (header, length, expected) => {
  expect(parseByteRange(header, length)).toEqual(expected);
});

test('API-11 a part always lies within the file', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.nat(200), fc.nat(200), (length, first, last) => {
      const range = parseByteRange(`bytes=${first}-${last}`, length);
      if (range.kind !== 'part') return;
      expect(range.first).toBeLessThanOrEqual(range.last);
      expect(range.last).toBeLessThan(length);
    }),
  );
});
