import { useEffect, useRef, useState } from 'react';
import { blobsOf } from '../../shared/api/contents.ts';
import { useClient } from '../api/client-context.ts';
import { type Sample, sampleOf } from './chart-data.ts';

/** A screen has no more points, and the page stays quick. */
const MOST_ROWS = 20_000;
/** A chart that moves faster cannot be read. */
const EVERY_MS = 1_000;

export interface Samples {
  samples: readonly Sample[];
  /** Whether there may be more than are read. */
  partial: boolean;
  /** Results without numbers whose outputs did not come with their rows, and are not read. */
  large: number;
  error: string | null;
}

/** The numbers of a job's results as they arrive; held where they are while `paused`. */
export function useSamples(id: string, running: boolean, paused: boolean): Samples {
  const client = useClient();
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const [partial, setPartial] = useState(false);
  const [error, setError] = useState<string | null>(null);
  // By shard: one that was retried has its last verdict.
  const found = useRef(new Map<number, Sample>());
  const [large, setLarge] = useState(0);
  const foundLarge = useRef(new Set<number>());

  useEffect(() => {
    void running;
    const abort = new AbortController();
    found.current = new Map();
    foundLarge.current = new Set();
    const read = async () => {
      const options = { after: null, limit: MOST_ROWS, follow: true };
      let rows = 0;
      for await (const row of client.resultRows(id, options, abort.signal)) {
        rows++;
        const sample = sampleOf(row);
        if (sample) found.current.set(row.shard, sample);
        else if (blobsOf(row).length > 0) foundLarge.current.add(row.shard);
      }
      setPartial(rows === MOST_ROWS);
    };
    read().catch((thrown) => {
      if (!abort.signal.aborted) setError(thrown instanceof Error ? thrown.message : '');
    });
    return () => abort.abort();
  }, [client, id, running]);

  useEffect(() => {
    if (paused) return;
    const show = () => {
      setSamples((now) => (now.length === found.current.size ? now : [...found.current.values()]));
      setLarge(foundLarge.current.size);
    };
    show();
    const timer = setInterval(show, EVERY_MS);
    return () => clearInterval(timer);
  }, [paused]);

  return { samples, partial, large, error };
}
