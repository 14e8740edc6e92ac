import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agreementConfidence } from './confidence.ts';
import { EXCEEDED, isVote, NO_VOTE, newRuling, newTally, policyFor } from './policy.ts';

function rule(
  replication: { replicas: number; quorum: number; maxAttempts: number },
  choices: readonly number[],
) {
  const policy = policyFor({ policy: 'quorum', ...replication });
  const tally = newTally();
  const ruling = newRuling();
  tally.attempts = choices.length;
  tally.candidates = Math.max(0, ...choices.filter(isVote));
  choices.forEach((choice, i) => {
    tally.voters[i] = i;
    tally.choices[i] = choice;
    if (isVote(choice)) tally.votes[choice - 1]++;
  });
  policy.rule(tally, ruling);
  return ruling;
}

const two = { replicas: 2, quorum: 2, maxAttempts: 6 };

describe('fixed quorum', () => {
  test('VER-1 one vote wants one more, two equal votes are believed', () => {
    expect(rule(two, [1])).toMatchObject({ kind: 'want', replicas: 1 });
    expect(rule(two, [1, 1])).toMatchObject({ kind: 'verdict', candidate: 1 });
  });

  test('VER-1 two votes that differ want a third, which decides', () => {
    expect(rule(two, [1, 2])).toMatchObject({ kind: 'want', replicas: 1 });
    expect(rule(two, [1, 2, 2])).toMatchObject({ kind: 'verdict', candidate: 2 });
  });

  test('VER-1 more replicas than the quorum stay wanted until it is reached', () => {
    const three = { replicas: 3, quorum: 2, maxAttempts: 6 };
    expect(rule(three, [1])).toMatchObject({ kind: 'want', replicas: 2 });
  });

  test('VER-1 a quorum above the replicas is leased from the start', () => {
    expect(policyFor({ policy: 'quorum', replicas: 1, quorum: 3, maxAttempts: 6 }).initial).toBe(3);
  });

  test('VER-2 a shard is given up as soon as the quorum is out of reach', () => {
    expect(rule({ ...two, maxAttempts: 3 }, [1, 2])).toMatchObject({ kind: 'want' });
    expect(rule({ ...two, maxAttempts: 3 }, [1, 2, 3]).kind).toBe('give-up');
    expect(rule({ ...two, maxAttempts: 3 }, [NO_VOTE, NO_VOTE]).kind).toBe('give-up');
    expect(rule({ ...two, maxAttempts: 1 }, [1]).kind).toBe('give-up');
  });

  test('VER-9 a quorum of nodes beyond the limits, and no answer, gives the shard up', () => {
    expect(rule(two, [EXCEEDED])).toMatchObject({ kind: 'want' });
    expect(rule(two, [EXCEEDED, EXCEEDED]).kind).toBe('give-up');
    expect(rule(two, [EXCEEDED, NO_VOTE])).toMatchObject({ kind: 'want' });
    expect(rule(two, [EXCEEDED, 1, EXCEEDED])).toMatchObject({ kind: 'want' });
    expect(rule({ replicas: 1, quorum: 1, maxAttempts: 6 }, [EXCEEDED]).kind).toBe('give-up');
  });

  test('VER-6 runs without a vote count as attempts only', () => {
    expect(rule(two, [NO_VOTE, 1])).toMatchObject({ kind: 'want', replicas: 1 });
    expect(rule(two, [NO_VOTE, 1, 1])).toMatchObject({ kind: 'verdict', candidate: 1 });
  });

  test('VER-1 VER-2 whatever comes, a ruling fits the votes and ends within the attempts', () => {
    const choices = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 16 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 1, max: 16 }),
        choices,
        (replicas, quorum, raw) => {
          const replication = { replicas, quorum, maxAttempts: 16 };
          // Candidates are numbered in the order of their first votes.
          const numbers = new Map<number, number>();
          const given = raw.map((choice) => {
            if (choice === NO_VOTE) return NO_VOTE;
            if (!numbers.has(choice)) numbers.set(choice, numbers.size + 1);
            return numbers.get(choice) as number;
          });
          const ruling = rule(replication, given);
          const votes = (c: number) => given.filter((choice) => choice === c).length;
          const most = Math.max(0, ...[...numbers.values()].map(votes));
          if (ruling.kind === 'verdict')
            expect(votes(ruling.candidate)).toBeGreaterThanOrEqual(quorum);
          else expect(most).toBeLessThan(quorum);
          if (ruling.kind === 'want') {
            expect(ruling.replicas).toBeGreaterThanOrEqual(1);
            expect(given.length + ruling.replicas).toBeLessThanOrEqual(16);
          }
          if (given.length === 16) expect(ruling.kind).not.toBe('want');
        },
      ),
    );
  });
});

describe('confidence', () => {
  test('VER-5 it follows the formula', () => {
    expect(agreementConfidence(1, 0)).toBeCloseTo(0.95, 12);
    expect(agreementConfidence(2, 0)).toBeCloseTo(361 / 362, 12);
    expect(agreementConfidence(2, 1)).toBeCloseTo(0.95, 12);
    expect(agreementConfidence(1, 1)).toBe(0.5);
  });
});
