import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManyhandsError } from '../errors.ts';
import { outputDigest } from './digest.ts';
import { isTransient, Outcome, outcomeName } from './outcome.ts';
import { decodeOutput, encodeOutput, type Output } from './output.ts';

const bytes = fc.uint8Array({ maxLength: 300 });
const output: fc.Arbitrary<Output> = fc.record(
  {
    stdout: bytes,
    stderr: bytes,
    exitCode: fc.integer({ min: 0, max: 255 }),
    value: fc.json(),
    files: fc.array(fc.record({ path: fc.string({ unit: 'grapheme' }), bytes }), {
      minLength: 1,
      maxLength: 3,
    }),
  },
  { requiredKeys: [] },
);

describe('canonical outputs', () => {
  it('JOB-35 come back as they were', () => {
    fc.assert(
      fc.property(output, (given) => {
        expect(decodeOutput(encodeOutput(given))).toEqual(given);
      }),
    );
  });

  it('JOB-35 are equal in bytes and digest only where the outputs are', () => {
    fc.assert(
      fc.property(output, output, (a, b) => {
        const [first, second] = [encodeOutput(a), encodeOutput(b)];
        const same = outputDigest(0, first).join() === outputDigest(0, second).join();
        expect(same).toBe(first.join() === second.join());
        expect(outputDigest(0, first)).not.toEqual(outputDigest(1, first));
      }),
    );
  });

  it('JOB-36 tell a part that is empty from one that was not collected', () => {
    expect(encodeOutput({})).toHaveLength(0);
    expect(encodeOutput({ stdout: new Uint8Array() })).toEqual(Uint8Array.of(1, 0));
  });

  it('JOB-37 have an exit code that is a number', () => {
    expect(() => decodeOutput(Uint8Array.of(3, 1, 0x78))).toThrow(
      expect.objectContaining({ code: 'OUTPUT_MALFORMED' }),
    );
  });

  it('JOB-37 are refused with a code where a node sent something else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (sent) => {
        try {
          decodeOutput(sent);
        } catch (error) {
          expect(error).toBeInstanceOf(ManyhandsError);
          expect(error).toMatchObject({ code: 'OUTPUT_MALFORMED' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('outcomes', () => {
  it('JOB-38 that depend on the machine are never votes', () => {
    const transient = Object.entries(Outcome).filter(([, code]) => isTransient(code));
    expect(transient.map(([name]) => name)).toEqual(['timeLimit', 'memoryLimit', 'crashed']);
  });

  it('JOB-38 have a name for each code and none for others', () => {
    for (const [name, code] of Object.entries(Outcome)) expect(outcomeName(code)).toBe(name);
    expect(outcomeName(255)).toBeUndefined();
  });
});
