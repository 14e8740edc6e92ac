import { expose } from 'comlink';
import { PortRunner } from '../../sandbox/port-runner.ts';
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

const api: EngineApi = {
  async start({ url, threads, memoryMiB, projects }, host, onView, onStopped) {
    pacer = new Pacer<EngineView>(VIEW_INTERVAL_MS, onView);
    runtime = await EngineRuntime.start(
      {
        url,
        offer: { agent: AGENT, kinds: ['wasi', 'javascript'], memoryMiB, projects },
        storage: await openStorage(),
        createRunner: (slot, events) => new PortRunner(host, slot, events),
        onChange,
        onStopped,
      },
      threads,
    );
    for (const event of early) runtime.dispatch(event);
    early = [];
  },
  budget(threads, reason) {
    dispatch({ type: 'budget', threads, reason });
  },
  press(button) {
    dispatch({ type: button });
    pacer?.hurry();
  },
  setData() {},
  emptyCache() {},
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
