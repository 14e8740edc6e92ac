import * as z from 'zod/mini';
import { MAX_THREADS } from '../../shared/protocol/limits.ts';
import { DEFAULT_DATA_SETTINGS } from '../../worker/swarm/swarm-view.ts';
import { CACHE_BOUNDS, CAP_BOUNDS, withinBounds } from './data/amounts.ts';

const KEY = 'manyhands.contribute';

const Data = z.object({
  peers: z.boolean(),
  cacheMiB: z.number().check(withinBounds(CACHE_BOUNDS)),
  capMiB: z.nullable(z.number().check(withinBounds(CAP_BOUNDS))),
});

const Settings = z.object({
  threads: z.int().check(z.minimum(1), z.maximum(MAX_THREADS)),
  /** Ids of projects; null for any. */
  projects: z.nullable(z.array(z.string()).check(z.maxLength(256))),
  /** Settings of a visit before there was a choice have none; what is wrong with it loses it alone. */
  data: z.catch(Data, DEFAULT_DATA_SETTINGS),
});

/** What the contributor gives, for whom, and how data travels. */
export type Settings = z.infer<typeof Settings>;

/** All threads but one, so that whatever else the visitor does stays quick. */
export function defaultThreads(all: number): number {
  return Math.max(1, all - 1);
}

/** Threads of this device, as far as the browser says. */
export function deviceThreads(): number {
  return Math.min(MAX_THREADS, Math.max(1, navigator.hardwareConcurrency || 1));
}

/** Settings of an earlier visit, within what this device has; else the defaults. */
export function readSettings(kept: string | null, all: number): Settings {
  const settings = parse(kept);
  if (!settings) {
    return { threads: defaultThreads(all), projects: null, data: DEFAULT_DATA_SETTINGS };
  }
  return { ...settings, threads: Math.min(settings.threads, all) };
}

function parse(kept: string | null): Settings | undefined {
  if (kept === null) return undefined;
  try {
    return Settings.safeParse(JSON.parse(kept)).data;
  } catch {
    return undefined;
  }
}

/** The settings of an earlier visit to this site, or the defaults where nothing may be kept. */
export function storedSettings(): Settings {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // A browser without storage forgets them.
  }
  return readSettings(kept, deviceThreads());
}

/** Keeps settings for the next visit. It keeps no consent: every visit begins with a click. */
export function storeSettings(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // As above.
  }
}

/** Calls back with the settings that another tab of this browser has stored; returns how to stop that. */
export function watchSettings(listener: (settings: Settings) => void): () => void {
  const hear = (event: StorageEvent) => {
    if (event.key === KEY) listener(storedSettings());
  };
  addEventListener('storage', hear);
  return () => removeEventListener('storage', hear);
}
