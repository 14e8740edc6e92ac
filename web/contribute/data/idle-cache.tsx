import { useCallback, useEffect, useRef, useState } from 'react';
import { data as text } from '../../text/en/data.ts';
import { CachePanel } from './cache-panel.tsx';
import css from './data.module.css';
import type { IdleCacheAnswer, IdleCacheOrder } from './idle-cache.worker.ts';

/** What earlier visits left in the cache, and the way to empty it without starting. */
export function IdleCache({ quotaBytes }: { quotaBytes: number }) {
  const [cache, setCache] = useState<IdleCacheAnswer | null>(null);
  const worker = useRef<Worker | null>(null);
  const order = useCallback(
    (empty: boolean) => worker.current?.postMessage({ empty, quotaBytes } satisfies IdleCacheOrder),
    [quotaBytes],
  );
  useEffect(() => {
    const own = new Worker(new URL('./idle-cache.worker.ts', import.meta.url), { type: 'module' });
    own.onmessage = ({ data }: MessageEvent<IdleCacheAnswer>) => setCache(data);
    worker.current = own;
    return () => {
      worker.current = null;
      own.terminate();
    };
  }, []);
  useEffect(() => {
    order(false);
  }, [order]);
  if (!cache) return null;
  if (cache.place === 'memory') return <p className={css.soft}>{text.nothingKept}</p>;
  return <CachePanel cache={cache} onEmpty={() => order(true)} />;
}
