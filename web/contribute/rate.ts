/** One look at a counter: when (ms) and how much it was. */
export interface Reading {
  at: number;
  count: number;
}

/** Milliseconds that a rate looks back: long enough to be calm, short enough to follow the slider. */
const WINDOW_MS = 12_000;
/** Readings closer together than this add no information. */
const SPACING_MS = 400;

/** The readings with one more, without those that the window has left behind. */
export function addReading(readings: readonly Reading[], reading: Reading): readonly Reading[] {
  const last = readings.at(-1);
  if (last && (reading.at - last.at < SPACING_MS || reading.count < last.count)) {
    return reading.count < last.count ? [reading] : readings;
  }
  const from = readings.findLastIndex((old) => reading.at - old.at >= WINDOW_MS);
  return [...readings.slice(Math.max(0, from)), reading];
}

/** Counts a second over the window; null before there is anything to say. */
export function rateOf(readings: readonly Reading[]): number | null {
  const first = readings[0];
  const last = readings.at(-1);
  if (!first || !last || last.at - first.at < 1000) return null;
  return ((last.count - first.count) * 1000) / (last.at - first.at);
}
