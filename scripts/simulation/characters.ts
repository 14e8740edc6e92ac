import { Outcome } from '../../shared/verdict/outcome.ts';
import { digestOf, truth } from './jobs.ts';
import type { Random } from './random.ts';

/** How a node behaves towards the truth. */
export type Character =
  | 'honest'
  /** Gives wrong answers of its own, some of the time. */
  | 'liar'
  /** Gives the same wrong answer as all others of its kind. */
  | 'colluder'
  /** Knows the right digest and sends other bytes with it. */
  | 'forger'
  /** Its sandbox crashes on every program. */
  | 'broken'
  /** Takes work and never answers. */
  | 'silent';

/** Share of a liar's answers that are wrong: a node that always lies is found too easily. */
const WRONG = 0.7;

/** A node's answer for a shard with the digest that it claims. */
export interface Claimed {
  outcome: number;
  output: Uint8Array;
  digest: Uint8Array;
}

/** What a node of this character says about a shard. */
export function answer(character: Character, job: number, shard: number, random: Random): Claimed {
  const right = truth(job, shard);
  switch (character) {
    case 'liar':
      if (!random.chance(WRONG)) return claimed(right.outcome, right.output);
      return claimed(
        Outcome.ok,
        Uint8Array.from({ length: 6 }, () => random.below(256)),
      );
    case 'colluder':
      return claimed(Outcome.ok, Uint8Array.of(0xbad, job, shard % 251));
    case 'forger':
      return { ...claimed(right.outcome, right.output), output: Uint8Array.of(1, 2, 3) };
    case 'broken':
      return {
        outcome: Outcome.crashed,
        output: new Uint8Array(0),
        digest: new Uint8Array(32),
      };
    default:
      return claimed(right.outcome, right.output);
  }
}

/** How a node of this character spoils what it leaves for the next, if it does. */
export function spoils(character: Character): 'answer' | 'trap' | null {
  if (character === 'colluder') return 'answer';
  return character === 'liar' ? 'trap' : null;
}

/** What an honest node gives that goes on from a checkpoint that was spoilt. */
export function spoiltAnswer(how: 'answer' | 'trap', job: number, shard: number): Claimed {
  if (how === 'trap') return claimed(Outcome.trap, new Uint8Array(0));
  return claimed(Outcome.ok, Uint8Array.of(0xbad, job, shard % 251));
}

/** One node's character, where this share of all lie. A few more are broken or silent. */
export function draw(random: Random, liars: number): Character {
  const x = random.next();
  if (x < liars) return random.chance(0.5) ? 'liar' : random.chance(0.7) ? 'forger' : 'colluder';
  if (x < liars + 0.02) return 'broken';
  if (x < liars + 0.04) return 'silent';
  return 'honest';
}

function claimed(outcome: number, output: Uint8Array): Claimed {
  return { outcome, output, digest: digestOf(outcome, output) };
}
