import type { BlobId } from '../../../shared/job/spec.ts';
import type { SwarmCoordinatorFrame } from '../../../shared/protocol/frames.ts';
import type { SwarmNode } from '../ports.ts';
import type { Tracker } from '../tracker/tracker.ts';
import type { DataMeter } from './data-meter.ts';

/** As `RTCConfiguration.iceServers` has them. */
export type IceServers = Extract<SwarmCoordinatorFrame, { type: 'entered' }>['iceServers'];

/** What of the relay the desk uses. */
export interface RelayDoor {
  /** Starts it at the first call; resolves to its peer id. */
  start(): Promise<string>;
  /** Ends what a peer has there. */
  drop(peer: string): unknown;
}

/** What the desk works with. */
export interface DeskOptions {
  tracker: Tracker;
  relay: RelayDoor;
  meter: DataMeter;
  /** The store's: introductions' key follows from it. */
  secret: Uint8Array;
  iceServers: IceServers;
  /** Whether peers are introduced at all. */
  enabled: boolean;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Length of a blob that the coordinator has; null where it has not. */
  blobBytes(id: BlobId): Promise<number | null>;
  /**
   * Whether a node without a lease of the job in this run may exchange its blobs all the same.
   * @param pass what its seek showed, if anything
   */
  mayTakePart?(node: SwarmNode, job: string, pass: Uint8Array | undefined): boolean;
  /** Told of what should not happen: the relay does not start, a blob cannot be looked up. */
  onError(thrown: unknown): void;
}
