import type { Logger } from 'pino';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Manifests } from '../blobs/manifests.ts';
import type { Uplink } from '../blobs/uplink.ts';
import type { Dispatcher } from '../gateway/dispatcher.ts';
import type { StageStarter } from '../stages/starter.ts';
import type { Store } from '../store/store.ts';
import type { DataMeter } from '../swarm/desk/data-meter.ts';
import type { Outputs } from '../swarm/outputs/outputs.ts';

/** What the API works with; put together in main.ts. */
export interface Services {
  store: Store;
  blobs: BlobStore;
  manifests: Manifests;
  /** Through which blobs go out. */
  uplink: Uplink;
  dispatcher: Dispatcher;
  stages: Pick<StageStarter, 'cancel' | 'problemOf'>;
  outputs: Outputs;
  /** Counts bytes of blobs. */
  data: DataMeter;
  log: Logger;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Of this build, as in package.json. */
  version: string;
}
