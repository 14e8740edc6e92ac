import type { SwarmNodeFrame } from '../../shared/protocol/frames.ts';
import type { BlobCache } from './cache/blob-cache.ts';
import type { LinkEvents, Links } from './links/links.ts';
import type { DataSettings } from './swarm-view.ts';
import type { DayStorage } from './traffic.ts';

/** What a swarm needs of its surroundings. */
export interface SwarmOptions {
  /** Address of the coordinator without a trailing slash, `http:` or `https:`. */
  base: string;
  cache: BlobCache;
  data: DataSettings;
  /** Null where there are no peer connections. */
  createLinks: ((events: LinkEvents) => Links) | null;
  /** Whether the visitor asked the browser to use little data. */
  saveData: boolean;
  /** Sends to the coordinator; whether it has left. */
  send: (frame: SwarmNodeFrame) => boolean;
  dayStorage: DayStorage;
  fetch: typeof fetch;
  /** Milliseconds of a clock that never runs backwards. */
  now: () => number;
  /** The local date as text, other on each day. */
  today: () => string;
  /** Between 0 and 1, without 1. */
  random: () => number;
  onChange: () => void;
  /** Whether results are kept here that perhaps nobody else has; called when that changes. */
  onOutputs: (any: boolean) => void;
}
