/**
 * The chunk that the fewest peers hold, of those that are open here and held there; -1 where there
 * is none. Which of several as rare depends on where the search begins, which chance decides: so
 * nodes that know the same choose differently, and soon have different chunks to exchange.
 * @param open bits of a ChunkSet, as are `held` and `only`
 * @param only where not null: no others than these
 * @param holders for each chunk, how many peers hold it
 * @param chance from 0 up to 1
 */
export function rarestChunk(
  open: Uint8Array,
  held: Uint8Array,
  only: Uint8Array | null,
  holders: Uint8Array,
  chance: number,
): number {
  const start = Math.floor(chance * open.length * 8);
  const turn = start & 7;
  let best = -1;
  let fewest = Number.POSITIVE_INFINITY;
  for (let step = 0, byte = start >> 3; step < open.length; step++, byte++) {
    if (byte === open.length) byte = 0;
    const bits = open[byte] & held[byte] & (only === null ? 0xff : only[byte]);
    if (bits === 0) continue;
    for (let at = 0; at < 8; at++) {
      const bit = (at + turn) & 7;
      if (((bits >> bit) & 1) === 0) continue;
      const chunk = (byte << 3) | bit;
      if (holders[chunk] >= fewest) continue;
      best = chunk;
      fewest = holders[chunk];
      if (fewest <= 1) return best;
    }
  }
  return best;
}

/** Whether any bit of `left` is not in `right`. */
export function exceeds(left: Uint8Array, right: Uint8Array): boolean {
  for (let byte = 0; byte < left.length; byte++) if ((left[byte] & ~right[byte]) !== 0) return true;
  return false;
}
