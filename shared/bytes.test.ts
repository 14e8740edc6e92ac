import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, fromUtf8, toHex, utf8 } from './bytes.ts';

test('short and long texts have the bytes that the platform encodes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
      expect(utf8(text)).toEqual(new TextEncoder().encode(text));
      expect(utf8(fromUtf8(utf8(text)))).toEqual(utf8(text));
    }),
  );
});

test('hexadecimal comes back as it went', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect([...fromHex(toHex(bytes))]).toEqual([...bytes]);
    }),
  );
  expect(() => fromHex('abc')).toThrow(RangeError);
  expect(() => fromHex('zz')).toThrow(RangeError);
});
