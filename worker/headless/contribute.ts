import { hash } from 'node:crypto';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { EngineView } from '../engine/events.ts';
import { EngineRuntime } from '../engine/runtime.ts';
import { PortRunner } from '../sandbox/port-runner.ts';
import { type DataSettings, DEFAULT_DATA_SETTINGS } from '../swarm/swarm-view.ts';
import { DayFile } from './day-file.ts';
import { FileStorage } from './file-storage.ts';
import { FolderCache } from './folder-cache.ts';
import { ThreadHost } from './thread-host.ts';

export interface ContributeOptions {
  /** Address of the coordinator, `http:` or `https:`. */
  url: string;
  threads: number;
  /** Where this node's key and unfinished work are kept. */
  dataFolder: string;
  /** Ids of the projects to compute for; left out for any. */
  projects?: readonly string[];
  /** How data may move; left out: a cache of a gigabyte and no cap. Peers need a browser. */
  data?: Partial<Omit<DataSettings, 'peers'>>;
  /** Finish: complete what runs, hand it in, stop. */
  finish?: AbortSignal;
  /** Stop at once and give everything back. */
  signal?: AbortSignal;
  /** The node's state, at most four times a second and once at the end. */
  onState?: (view: NodeView) => void;
}

/** What a headless node says of itself. */
export type NodeView = EngineView;

const STATE_INTERVAL_MS = 250;
const AGENT = 'headless 0.1.0';

/**
 * Contributes from this process until told to finish or stop.
 * @returns the last state
 * @throws ManyhandsError `NODE_FOLDER_UNUSABLE`, `NODE_KEY_MALFORMED`
 */
export async function contribute(options: ContributeOptions): Promise<NodeView> {
  const host = new ThreadHost();
  const data = { ...DEFAULT_DATA_SETTINGS, ...options.data };
  const stopped = Promise.withResolvers<void>();
  const runtime = await EngineRuntime.start(
    {
      url: options.url,
      offer: {
        agent: AGENT,
        kinds: ['wasi'],
        // Half of the machine's memory, shared by the threads.
        memoryMiB: Math.floor(totalmem() / 2 ** 21 / options.threads),
        projects: options.projects ?? null,
      },
      storage: new FileStorage(options.dataFolder),
      swarm: {
        cache: new FolderCache(join(options.dataFolder, 'cache'), {
          quotaBytes: data.cacheMiB * 2 ** 20,
          now: Date.now,
        }),
        data,
        // There is no WebRTC here: data comes from the coordinator, and outputs go to it.
        createLinks: null,
        saveData: false,
        dayStorage: new DayFile(options.dataFolder),
      },
      // Threads cannot answer while they compute; their ports tell when they end.
      createRunner: (slot, events) => new PortRunner(host, slot, events, false),
      digest: nativeDigest,
      onStopped: stopped.resolve,
    },
    options.threads,
  );
  const tell = () => options.onState?.(runtime.view());
  const timer = setInterval(tell, STATE_INTERVAL_MS);
  const finish = () => runtime.dispatch({ type: 'finish' });
  const leave = () => runtime.dispatch({ type: 'leave' });
  whenAborted(options.finish, finish);
  whenAborted(options.signal, leave);
  try {
    await stopped.promise;
  } finally {
    clearInterval(timer);
    options.finish?.removeEventListener('abort', finish);
    options.signal?.removeEventListener('abort', leave);
    host.dispose();
  }
  tell();
  return runtime.view();
}

function whenAborted(signal: AbortSignal | undefined, act: () => void): void {
  if (signal?.aborted) act();
  else signal?.addEventListener('abort', act, { once: true });
}

/** `outputDigest`, by Node's own hashing. */
function nativeDigest(outcome: number, output: Uint8Array): Uint8Array {
  const message = new Uint8Array(output.length + 1);
  message[0] = outcome;
  message.set(output, 1);
  return hash('sha256', message, 'buffer');
}
