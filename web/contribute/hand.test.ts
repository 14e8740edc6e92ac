import { expect, test } from 'vitest';
import { HAND, handStates } from './hand.ts';

function countOf(states: readonly string[], state: string) {
  return states.filter((other) => other === state).length;
}

test('WEB-14 a tile for each shard, and one for each thread at work', () => {
  expect(countOf(handStates(0, 0), 'waiting')).toBe(HAND.length);
  const some = handStates(10, 3);
  expect(countOf(some, 'done')).toBe(10);
  expect(countOf(some, 'active')).toBe(3);
});

test('WEB-14 a full hand shows every thread at a tile of its own', () => {
  for (const done of [HAND.length, 5_000, 1_000_003]) {
    expect(countOf(handStates(done, 8), 'active')).toBe(8);
  }
});
