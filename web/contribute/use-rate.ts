import { useRef } from 'react';
import { addReading, type Reading, rateOf } from './rate.ts';

/** Shards a second of a counter that is read with each render; null before it can be said. */
export function useRate(count: number): number | null {
  const readings = useRef<readonly Reading[]>([]);
  readings.current = addReading(readings.current, { at: performance.now(), count });
  return rateOf(readings.current);
}
