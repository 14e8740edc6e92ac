import { browserCacheEnvironment, openCache } from '../../../worker/swarm/cache/open-cache.ts';
import type { SwarmView } from '../../../worker/swarm/swarm-view.ts';

/** What the page asks of the cache while no engine has it. */
export interface IdleCacheOrder {
  empty: boolean;
  quotaBytes: number;
}

/** What the cache then holds. */
export type IdleCacheAnswer = SwarmView['cache'];

// Files of the origin are open to workers only. Each order opens and closes: an engine may start.
addEventListener('message', async ({ data }: MessageEvent<IdleCacheOrder>) => {
  const { empty, quotaBytes } = data;
  const cache = await openCache(browserCacheEnvironment(), { quotaBytes, now: Date.now });
  try {
    if (empty) await cache.empty();
    postMessage(cache.usage() satisfies IdleCacheAnswer);
  } finally {
    await cache.close();
  }
});
