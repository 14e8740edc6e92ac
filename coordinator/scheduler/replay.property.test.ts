import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outputDigest } from '../../shared/verdict/digest.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import { DigestCheck } from '../verification/digests.ts';
import { policyFor } from '../verification/policy.ts';
import { Block } from './block.ts';
import { type Arrival, Intake } from './intake.ts';
import { Lineages } from './lineages.ts';
import { type Answer, resultsOf } from './testing/results.ts';

const SHARDS = 12;
const SLOTS = 5;

const answer: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ outcome: Outcome.ok, output: 'right' }) },
  { weight: 2, arbitrary: fc.constant({ outcome: Outcome.ok, output: 'wrong' }) },
  { weight: 1, arbitrary: fc.constant({ outcome: Outcome.trap, output: '' }) },
  { weight: 1, arbitrary: fc.constant({ outcome: Outcome.crashed, output: '' }) },
  {
    weight: 1,
    arbitrary: fc.constant({
      outcome: Outcome.ok,
      output: 'forged',
      digest: outputDigest(Outcome.ok, new TextEncoder().encode('right')),
    }),
  },
);

const submission = fc
  .tuple(
    fc.integer({ min: 0, max: 7 }),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: SHARDS - 1 }),
    fc.array(answer, { minLength: 1, maxLength: SHARDS }),
  )
  .map(([node, network, first, answers]) => ({
    key: `key ${node}`,
    network: network === 0 ? '' : `net ${network}`,
    results: resultsOf(first, answers.slice(0, SHARDS - first)),
  }));

const replication = fc.record({
  policy: fc.constant('quorum' as const),
  replicas: fc.integer({ min: 1, max: 3 }),
  quorum: fc.integer({ min: 1, max: 3 }),
  maxAttempts: fc.constant(SLOTS),
});

function enterAll(
  arrivals: readonly Omit<Arrival, 'lease' | 'shareNetworks'>[],
  rule: Parameters<typeof policyFor>[0],
) {
  const policy = policyFor(rule);
  const block = new Block(1, 0, 0, SHARDS, SLOTS, policy.initial, new Lineages(false));
  const intake = new Intake(new DigestCheck(outputDigest));
  const kept: (typeof arrivals)[number][] = [];
  let verdicts = 0;
  for (const arrival of arrivals) {
    intake.enter(block, policy, { ...arrival, lease: null, shareNetworks: false });
    verdicts += intake.verdicts.count;
    if (intake.counted === 0) continue;
    const outputs = intake.caught > 0 ? arrival.results.outputs : new Uint8Array(0);
    kept.push({ ...arrival, results: { ...arrival.results, outputs } });
  }
  return { block, kept, verdicts };
}

function stateOf({
  state,
  attempts,
  votes,
  wanted,
  firstDigests,
  voters,
  choices,
  ...rest
}: Block) {
  return {
    columns: [state, attempts, votes, wanted, voters, choices].map((column) => [...column]),
    firstDigests: [...firstDigests],
    others: [...rest.others],
    keys: rest.participants.keys,
    networks: rest.participants.networks,
    counts: [rest.undecided, rest.done, rest.failed, rest.active, rest.open],
  };
}

describe('replay', () => {
  test('SCH-20 a block read back from what was kept of it is the same in every place', () => {
    fc.assert(
      fc.property(
        replication,
        fc.array(submission, { maxLength: 24, size: 'max' }),
        (rule, arrivals) => {
          const live = enterAll(arrivals, rule);
          const replayed = enterAll(live.kept, rule);
          expect(stateOf(replayed.block)).toEqual(stateOf(live.block));
          expect(replayed.verdicts).toBe(live.verdicts);
          expect(replayed.kept).toEqual(live.kept);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('SCH-18 a second copy of any submission changes nothing', () => {
    fc.assert(
      fc.property(
        replication,
        fc.array(submission, { maxLength: 12, size: 'max' }),
        (rule, arrivals) => {
          const once = enterAll(arrivals, rule);
          const twice = enterAll(
            arrivals.flatMap((arrival) => [arrival, arrival]),
            rule,
          );
          expect(stateOf(twice.block)).toEqual(stateOf(once.block));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('SCH-20 entering shards one by one is the same as entering them together', () => {
    fc.assert(
      fc.property(
        replication,
        fc.array(submission, { maxLength: 12, size: 'max' }),
        (rule, arrivals) => {
          const together = enterAll(arrivals, rule);
          const single = enterAll(arrivals.flatMap(oneByOne), rule);
          expect(stateOf(single.block)).toEqual(stateOf(together.block));
        },
      ),
      { numRuns: 200 },
    );
  });
});

function oneByOne(arrival: { key: string; network: string; results: Arrival['results'] }) {
  const { results } = arrival;
  const view = new DataView(results.lengths.buffer);
  let start = 0;
  return Array.from({ length: results.count }, (_, i) => {
    const end = start + view.getUint32(4 * i, true);
    const part = {
      ...results,
      first: results.first + i,
      count: 1,
      statuses: results.statuses.subarray(i, i + 1),
      digests: results.digests.subarray(32 * i, 32 * (i + 1)),
      lengths: results.lengths.subarray(4 * i, 4 * (i + 1)),
      outputs: results.outputs.subarray(start, end),
    };
    start = end;
    return { ...arrival, results: part };
  });
}
