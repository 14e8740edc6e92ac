import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../bytes.ts';
import { decodeOutput, encodeOutput, type Referred } from './output.ts';

const name = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const blob = fc.record({ id: name, bytes: fc.nat({ max: 2 ** 30 }), manifest: name });
const referred: fc.Arbitrary<Referred> = fc.oneof(
  fc.record({
    field: fc.constantFrom('stdout' as const, 'stderr' as const, 'value' as const),
    path: fc.constant(''),
    blob,
  }),
  fc.record({
    field: fc.constant('file' as const),
    path: fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => `/${text}`),
    blob,
  }),
);

test('BLB-5 references come out of an output as they went in, beside what is inline', () => {
  fc.assert(
    fc.property(
      fc.array(referred, { minLength: 1, maxLength: 5 }),
      fc.uint8Array(),
      (list, stdout) => {
        expect(decodeOutput(encodeOutput({ stdout, exitCode: 3, referred: list }))).toEqual({
          stdout,
          exitCode: 3,
          referred: list,
        });
      },
    ),
  );
});

test('BLB-5 a reference of the wrong length, field or path is malformed', () => {
  const ref = { id: 'ab'.repeat(32), bytes: 5, manifest: 'cd'.repeat(32) };
  const sound = encodeOutput({ referred: [{ field: 'stdout', path: '', blob: ref }] });
  const malformed = expect.objectContaining({ code: 'OUTPUT_MALFORMED' });
  const change = (at: number, to: number) => {
    const bytes = sound.slice();
    bytes[at] = to;
    return bytes;
  };
  // Tag and length of the field, then what field it stands for and the length of its path.
  for (const [at, to] of [
    [2, 3],
    [2, 9],
    [2, 5],
    [3, 1],
    [3, 200],
    [4, 0x85],
  ])
    expect(() => decodeOutput(change(at, to))).toThrow(malformed);
  expect(() => decodeOutput(sound.subarray(0, -1))).toThrow(malformed);
});
