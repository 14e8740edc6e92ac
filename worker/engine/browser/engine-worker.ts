import { expose } from 'comlink';
import { PortRunner } from '../../sandbox/port-runner.ts';
import { LateCache } from '../../swarm/cache/late-cache.ts';
import { browserCacheEnvironment, openCache } from '../../swarm/cache/open-cache.ts';
import { PageLinks } from '../../swarm/peers/page-links.ts';
import type { DataSettings } from '../../swarm/swarm-view.ts';
import { NO_DAY_STORAGE } from '../../swarm/traffic.ts';
import type { EngineEvent, EngineView } from '../events.ts';
import { MemoryStorage } from '../memory-storage.ts';
import { EngineRuntime } from '../runtime.ts';
import type { NodeStorage } from '../storage.ts';
import type { EngineApi } from './engine-api.ts';
import { IndexedDbStorage } from './indexed-db-storage.ts';
import { Pacer } from './pacer.ts';

/** The start of the dedicated worker in which a page's engine lives. */

const VIEW_INTERVAL_MS = 250;
const AGENT = 'browser 0.1.0';

let runtime: EngineRuntime | null = null;
let pacer: Pacer<EngineView> | null = null;
/** What was pressed while the engine was still starting. */
let early: EngineEvent[] = [];
let earlyData: DataSettings | null = null;

const api: EngineApi = {
  async start(options, host, links, onView, onStopped) {
    const { url, threads, memoryMiB, projects, data, webrtc, saveData } = options;
    pacer = new Pacer<EngineView>(VIEW_INTERVAL_MS, onView);
    const quotaBytes = data.cacheMiB * 2 ** 20;
    const opening = openCache(browserCacheEnvironment(), { quotaBytes, now: Date.now });
    const storage = await openStorage();
    runtime = await EngineRuntime.start(
      {
        url,
        offer: { agent: AGENT, kinds: ['wasi', 'javascript'], memoryMiB, projects },
        storage,
        swarm: {
          // The first shard does not wait for it.
          cache: new LateCache(opening),
          data,
          createLinks: webrtc ? (events) => new PageLinks(links, events) : null,
          saveData,
          dayStorage: storage instanceof IndexedDbStorage ? storage : NO_DAY_STORAGE,
        },
        createRunner: (slot, events) => new PortRunner(host, slot, events),
        onChange,
        onStopped,
      },
      threads,
    );
    for (const event of early) runtime.dispatch(event);
    early = [];
    if (earlyData) runtime.setData(earlyData);
  },
  budget(threads, reason) {
    dispatch({ type: 'budget', threads, reason });
  },
  press(button) {
    dispatch({ type: button });
    pacer?.hurry();
  },
  setData(data) {
    if (runtime) runtime.setData(data);
    else earlyData = data;
  },
  emptyCache() {
    void runtime?.emptyCache();
  },
};

function dispatch(event: EngineEvent): void {
  if (runtime) runtime.dispatch(event);
  else early.push(event);
}

let hasResult = false;

function onChange(): void {
  pacer?.offer(() => runtime?.view());
  // The first shard is what a visitor waits for.
  if (hasResult || !runtime?.view().done) return;
  hasResult = true;
  pacer?.hurry();
}

async function openStorage(): Promise<NodeStorage> {
  try {
    return await IndexedDbStorage.open();
  } catch {
    return new MemoryStorage();
  }
}

expose(api);
