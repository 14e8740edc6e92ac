import { useCallback, useEffect, useState } from 'react';
import type { Job } from '../../shared/api/schemas.ts';
import type { Client } from '../api/client.ts';
import { useClient } from '../api/client-context.ts';
import { ApiError } from '../api/errors.ts';
import { jobProgress } from '../api/events.ts';

/** A job as it was last heard of. */
export interface SeenJob {
  /** Null before the first news. */
  job: Job | null;
  /** When the coordinator last said anything, in milliseconds since 1970. */
  heardAt: number;
  /** Whether news should be coming and does not. */
  stale: boolean;
  /** Why there is nothing to show. */
  error: ApiError | null;
}

/** The coordinator says that it is there each 15 s; after two misses the line is taken for dead. */
const SILENCE_MS = 40_000;
const RECONNECT_MS = 2_000;

/** Follows a job's progress, through lost connections. `again` listens again after it had ended. */
export function useJob(id: string): { seen: SeenJob; again(): void } {
  const client = useClient();
  const [seen, setSeen] = useState<SeenJob>(nothingYet);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    // A retry lets a job that had ended run again.
    void turn;
    const abort = new AbortController();
    void follow(client, id, abort.signal, (change) => setSeen((now) => ({ ...now, ...change })));
    return () => abort.abort();
  }, [client, id, turn]);
  const again = useCallback(() => setTurn((now) => now + 1), []);
  return { seen, again };
}

function nothingYet(): SeenJob {
  return { job: null, heardAt: Date.now(), stale: false, error: null };
}

async function follow(
  client: Client,
  id: string,
  signal: AbortSignal,
  tell: (change: Partial<SeenJob>) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      if (await listen(client, id, signal, tell)) return;
    } catch (thrown) {
      if (signal.aborted) return;
      if (thrown instanceof ApiError && thrown.status >= 400 && thrown.status < 500)
        return tell({ error: thrown });
    }
    if (signal.aborted) return;
    tell({ stale: true });
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
}

/** Whether the job has ended; otherwise the line broke or went silent. */
async function listen(
  client: Client,
  id: string,
  signal: AbortSignal,
  tell: (change: Partial<SeenJob>) => void,
): Promise<boolean> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
    tell({ stale: false, heardAt: Date.now() });
  };
  try {
    const either = AbortSignal.any([signal, silence.signal]);
    for await (const { job, ended } of jobProgress(client, id, either, alive)) {
      tell({ job, error: null });
      if (ended) return true;
    }
    return false;
  } finally {
    clearTimeout(timer);
  }
}
