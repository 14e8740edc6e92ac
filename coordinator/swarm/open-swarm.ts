import type { BlobId } from '../../shared/job/spec.ts';
import { RELAY_PATH } from '../../shared/protocol/limits.ts';
import type { TakeUpgrade } from '../gateway/gateway.ts';
import { DataMeter } from './desk/data-meter.ts';
import { Desk } from './desk/desk.ts';
import type { DeskOptions, IceServers } from './desk/desk-options.ts';
import { LazyRelay } from './relay/lazy-relay.ts';
import { Tracker } from './tracker/tracker.ts';

export interface SwarmOptions {
  /** The store's. */
  secret: Uint8Array;
  enabled: boolean;
  iceServers: IceServers;
  /** 0 for no bound. */
  seedBytesPerSecond: number;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Length of a blob that the coordinator has; null where it has not. */
  blobBytes(id: BlobId): Promise<number | null>;
  mayTakePart?: DeskOptions['mayTakePart'];
  onError(thrown: unknown): void;
}

/** The coordinator's part in data between peers, put together. */
export interface Swarm {
  desk: Desk;
  relay: LazyRelay;
  meter: DataMeter;
  /** For the gateway: the relay's WebSockets. */
  upgrades: ReadonlyMap<string, TakeUpgrade>;
}

/** Starts nothing: the relay starts when the first node enters. */
export function openSwarm({ seedBytesPerSecond, ...options }: SwarmOptions): Swarm {
  const meter = new DataMeter();
  const relay = new LazyRelay({
    secret: options.secret,
    isKnown: (peer) => desk.isKnown(peer),
    mayMeet: (from, to) => desk.mayMeet(from, to),
  });
  const tracker = new Tracker({ seedBytesPerSecond, random: Math.random });
  const desk = new Desk({ ...options, tracker, relay, meter });
  const upgrades = new Map<string, TakeUpgrade>([
    [RELAY_PATH, (request, socket, head) => relay.upgrade(request, socket, head)],
  ]);
  return { desk, relay, meter, upgrades };
}
