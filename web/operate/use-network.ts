import { useEffect, useState } from 'react';
import { NetworkStatus } from '../../shared/api/schemas.ts';
import { callJson } from '../api/request.ts';
import { addReading, type Reading, readingOf } from './history.ts';

/** Figures of a minute do not change faster than can be seen every few seconds. */
const EVERY_MS = 3_000;
/** Three readings missed, and what is shown is called old. */
const STALE_MS = 3 * EVERY_MS;

/** The network as it was last heard of, and since this page is open. */
export interface SeenNetwork {
  /** Null before the first answer. */
  status: NetworkStatus | null;
  /** When the last answer came, in milliseconds since 1970; before the first, when it was asked for. */
  heardAt: number;
  /** Whether answers should be coming and do not. */
  stale: boolean;
  history: readonly Reading[];
}

/** Reads the network's public state every few seconds, for as long as the page is shown. */
export function useNetwork(): SeenNetwork {
  const [seen, setSeen] = useState<SeenNetwork>(nothingYet);
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      // An answer that does not come is as bad as one that says no.
      const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(STALE_MS)]);
      try {
        const status = await callJson(NetworkStatus, '/status', { signal });
        const at = Date.now();
        setSeen(({ history }) => ({
          status,
          heardAt: at,
          stale: false,
          history: addReading(history, readingOf(status, at)),
        }));
      } catch {
        setSeen((now) => ({ ...now, stale: Date.now() - now.heardAt >= STALE_MS }));
      }
      if (!abort.signal.aborted) timer = setTimeout(read, EVERY_MS);
    };
    void read();
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, []);
  return seen;
}

function nothingYet(): SeenNetwork {
  return { status: null, heardAt: Date.now(), stale: false, history: [] };
}
