import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat } from '../../shared/bytes.ts';
import { outputDigest } from '../../shared/verdict/digest.ts';
import { isTransient, Outcome } from '../../shared/verdict/outcome.ts';
import { reportDigests } from './digests.ts';

const outcome = fc.constantFrom(...Object.values(Outcome));
// Few and short, so that neighbours are often equal.
const output = fc.uint8Array({ maxLength: 2, max: 1 });

test('ENG-40 a report has the digest of every shard, and zeros for outcomes that are no votes', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(outcome, output), { minLength: 1 }), (shards) => {
      const results = shards.map(([status, bytes]) => ({
        status,
        bytes: isTransient(status) ? new Uint8Array(0) : bytes,
      }));
      const digests = reportDigests({
        batch: 1,
        first: 0,
        count: results.length,
        statuses: Uint8Array.from(results, ({ status }) => status),
        lengths: Uint32Array.from(results, ({ bytes }) => bytes.length),
        outputs: concat(results.map(({ bytes }) => bytes)),
        details: [],
        computeMicros: 0,
      });
      const expected = results.map(({ status, bytes }) =>
        isTransient(status) ? new Uint8Array(32) : outputDigest(status, bytes),
      );
      expect(digests).toEqual(concat(expected));
    }),
    { seed: 1 },
  );
});
