import { type Remote, releaseProxy, wrap } from 'comlink';
import type { BlobCache, CachePlace } from '../../worker/swarm/cache/blob-cache.ts';
import {
  CACHE_CONTRACT,
  type CacheUnderTest,
  type TestedCache,
} from '../../worker/swarm/cache/contract.ts';
import type { CacheWorker } from './worker.ts';

const MANY_BYTES = 2 ** 30;
const workers = new Map<TestedCache, Worker>();
let opened = 0;

function startWorker(): { worker: Worker; api: Remote<CacheWorker> } {
  const worker = new Worker('/worker.js');
  return { worker, api: wrap<CacheWorker>(worker) };
}

async function open(place: CachePlace, quotaBytes = MANY_BYTES): Promise<TestedCache> {
  const { worker, api } = startWorker();
  // Every worker's clock goes on behind the one before.
  const remote = (await api.open(
    place,
    quotaBytes,
    1e6 * ++opened,
  )) as unknown as Remote<BlobCache>;
  const cache: TestedCache = {
    list: () => remote.list(),
    open: (ref) => remote.open(ref),
    setManifest: (id, manifest) => remote.setManifest(id, manifest),
    write: (id, chunk, bytes) => remote.write(id, chunk, bytes),
    read: (id, chunk) => remote.read(id, chunk),
    touch: (id) => void remote.touch(id),
    pin(id) {
      const letGo = remote.pin(id);
      return async () => (await letGo)();
    },
    keepOutput: (id, job) => remote.keepOutput(id, job),
    remove: (id) => remote.remove(id),
    empty: () => remote.empty(),
    setQuota: (bytes) => remote.setQuota(bytes),
    usage: () => remote.usage(),
    async close() {
      await remote.close();
      api[releaseProxy]();
      worker.terminate();
    },
  };
  workers.set(cache, worker);
  return cache;
}

function underTest(place: CachePlace): CacheUnderTest {
  return {
    place,
    open: (quotaBytes) => open(place, quotaBytes),
    async crash(cache) {
      workers.get(cache)?.terminate();
    },
    async damage(id) {
      const { worker, api } = startWorker();
      await api.damage(place, id);
      worker.terminate();
    },
  };
}

/** What tests call in the page. */
export default {
  /** Runs one case of the contract; throws where the cache breaks it. */
  async run(place: CachePlace, title: string): Promise<void> {
    const found = CACHE_CONTRACT.find((one) => one.title === title);
    if (!found) throw new Error(`no case ${title}`);
    await found.run(underTest(place));
  },
  open,
};
