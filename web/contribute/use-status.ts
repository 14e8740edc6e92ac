import { useEffect, useState } from 'react';
import { NetworkStatus } from '../../shared/api/schemas.ts';
import { callJson } from '../api/request.ts';

/** Often enough to see others come and go, seldom enough to cost nothing. */
const EVERY_MS = 15_000;

/** The network's public state with the time it was read, null before the first answer. */
export interface SeenStatus {
  status: NetworkStatus;
  at: number;
}

/** The network's public state, read again while the page is visible. An answer that fails to come leaves the last one. */
export function useStatus(): SeenStatus | null {
  const [seen, setSeen] = useState<SeenStatus | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const read = async () => {
      try {
        const status = await callJson(NetworkStatus, '/status', { signal: abort.signal });
        setSeen({ status, at: Date.now() });
      } catch {
        // The next reading may succeed; until then the age of the last is shown.
      }
    };
    void read();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void read();
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, []);
  return seen;
}
