/** The hand that fills with tiles: `#` is a tile. */
const ROWS = [
  '......##.......',
  '...##.##.##....',
  '...##.##.##....',
  '...##.##.##.##.',
  '...##.##.##.##.',
  '...##.##.##.##.',
  '...##.##.##.##.',
  '...##.##.##.##.',
  '##.###########.',
  '###.##########.',
  '.#############.',
  '..############.',
  '...###########.',
  '....##########.',
  '.....########..',
  '......#######..',
  '......#######..',
];

export interface Tile {
  x: number;
  y: number;
}

/** Places of the hand's tiles, from the wrist upwards, as they are filled. */
export const HAND: readonly Tile[] = ROWS.flatMap((row, y) =>
  [...row].flatMap((sign, x) => (sign === '#' ? [{ x, y }] : [])),
).toSorted((a, b) => b.y - a.y || a.x - b.x);

export const HAND_WIDTH = 15;
export const HAND_HEIGHT = ROWS.length;

export type TileState = 'waiting' | 'active' | 'done';

/**
 * States of all tiles after `done` shards with `busy` threads at work. One tile a shard until the
 * hand is full; after that the active tiles wander over it.
 */
export function handStates(done: number, busy: number): TileState[] {
  const states = HAND.map((_, at): TileState => (at < done ? 'done' : 'waiting'));
  const active = Math.min(busy, HAND.length);
  for (let k = 0; k < active; k++) {
    // 41 is prime and no factor of the number of tiles: neighbours in time are far apart in place.
    const at = done < HAND.length ? done + k : (done + k) * 41;
    states[at % HAND.length] = 'active';
  }
  return states;
}
