import { keepStorage, type StorageNavigator } from './keep-storage.ts';

/** CPU pressure as the Compute Pressure API tells it. */
export type Pressure = 'nominal' | 'fair' | 'serious' | 'critical';

export interface Power {
  /** Whether the device draws from its battery. */
  onBattery: boolean;
  /** From 0 to 1. */
  level: number;
}

/** What the platform may lack, in one place, so that tests and other hosts can bring their own. */
export interface Environment {
  /** Threads that the device has. */
  readonly threads: number;
  /** Memory of the device in MiB, as far as the browser says. */
  readonly memoryMiB: number;
  /** Whether keys can be used: HTTPS, or this very machine. */
  readonly secure: boolean;
  /** Whether there are peer connections: not in every browser, and a policy may forbid them. */
  readonly webrtc: boolean;
  /** Whether the visitor asked the browser to use little data. */
  readonly saveData: boolean;
  /** Null where tabs cannot agree on who leads. */
  readonly locks: LockManager | null;
  /** A channel between the tabs of this browser, or null. */
  openChannel(name: string): BroadcastChannel | null;
  /** Calls back now and on every change, if the platform tells; returns how to stop that. */
  watchPower(listener: (power: Power) => void): () => void;
  watchPressure(listener: (pressure: Pressure) => void): () => void;
  /** Asks that stored data stays when the disk is full, where that bothers nobody; whether it does. */
  keepStorage(): Promise<boolean>;
}

/** Four GiB, where the browser does not say: what most phones have. */
const ASSUMED_MEMORY_MIB = 4096;
/** Between two readings of pressure, in milliseconds. */
const PRESSURE_INTERVAL_MS = 2_000;

interface BatteryManager extends EventTarget {
  charging: boolean;
  level: number;
}

interface PressureObserver {
  observe(source: 'cpu', options: { sampleInterval: number }): Promise<void>;
  disconnect(): void;
}

type PressureObserverConstructor = new (
  callback: (records: { state: Pressure }[]) => void,
) => PressureObserver;

/** Interfaces that not every browser has. */
interface MaybeNavigator extends StorageNavigator {
  hardwareConcurrency?: number;
  deviceMemory?: number;
  locks?: LockManager;
  connection?: { saveData?: boolean };
  getBattery?: () => Promise<BatteryManager>;
}

/** The environment of the page (or worker) that this runs in. */
export function browserEnvironment(): Environment {
  const device: MaybeNavigator = navigator;
  return {
    threads: Math.max(1, device.hardwareConcurrency ?? 1),
    memoryMiB: device.deviceMemory ? device.deviceMemory * 1024 : ASSUMED_MEMORY_MIB,
    secure: isSecureContext,
    webrtc: typeof RTCPeerConnection === 'function',
    saveData: device.connection?.saveData === true,
    locks: device.locks ?? null,
    openChannel: (name) =>
      typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name),
    watchPower: (listener) => watchPower(device, listener),
    watchPressure,
    keepStorage: () => keepStorage(device),
  };
}

function watchPower(device: MaybeNavigator, listener: (power: Power) => void): () => void {
  let battery: BatteryManager | null = null;
  let stopped = false;
  const tell = () => {
    if (battery) listener({ onBattery: !battery.charging, level: battery.level });
  };
  device.getBattery?.().then(
    (found) => {
      if (stopped) return;
      battery = found;
      found.addEventListener('chargingchange', tell);
      found.addEventListener('levelchange', tell);
      tell();
    },
    // A policy may forbid it: then nothing is known.
    () => {},
  );
  return () => {
    stopped = true;
    battery?.removeEventListener('chargingchange', tell);
    battery?.removeEventListener('levelchange', tell);
  };
}

function watchPressure(listener: (pressure: Pressure) => void): () => void {
  const { PressureObserver } = globalThis as { PressureObserver?: PressureObserverConstructor };
  if (!PressureObserver) return () => {};
  const observer = new PressureObserver((records) => {
    const last = records.at(-1);
    if (last) listener(last.state);
  });
  // A policy may forbid it: then nothing is known.
  observer.observe('cpu', { sampleInterval: PRESSURE_INTERVAL_MS }).catch(() => {});
  return () => observer.disconnect();
}
