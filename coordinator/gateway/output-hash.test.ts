import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outputDigest } from '../../shared/verdict/digest.ts';
import { outputHash } from './output-hash.ts';

test("GAT-4 the coordinator's hash of an output is the one that nodes compute", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 255 }),
      fc.oneof(
        fc.uint8Array({ maxLength: 100 }),
        fc.uint8Array({ minLength: 4090, maxLength: 4100 }),
      ),
      (outcome, output) => {
        expect([...outputHash(outcome, output)]).toEqual([...outputDigest(outcome, output)]);
      },
    ),
  );
});
