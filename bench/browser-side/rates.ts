/** The value below which this part of the values lies, between neighbours in proportion. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const below = Math.floor(place);
  const above = Math.ceil(place);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

/**
 * Shards a second between the first moment at which any were done and the last. What was done at
 * the first moment is not counted, so that starting up costs neither side anything.
 *
 * @param doneAt milliseconds, ascending
 */
export function steadyRate(doneAt: readonly number[]): number {
  const first = doneAt[0];
  const last = doneAt[doneAt.length - 1];
  const later = doneAt.filter((at) => at > first).length;
  if (later === 0) throw new Error('All shards were done at one moment: there is no rate to tell');
  return (1000 * later) / (last - first);
}
