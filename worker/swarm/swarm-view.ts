/** How a contributor lets data move. */
export interface DataSettings {
  /** Exchange data with other browsers; false: only with the coordinator, by HTTP. */
  peers: boolean;
  /** Most that the cache may take, in MiB; need not be whole, since people choose in MB. */
  cacheMiB: number;
  /** Most that may be sent and received in a day, in MiB (as above); null for no cap. */
  capMiB: number | null;
}

/** A gigabyte, as storage is sold and shown to people. */
const DEFAULT_CACHE_MIB = 1e9 / 2 ** 20;

export const DEFAULT_DATA_SETTINGS: DataSettings = {
  peers: true,
  cacheMiB: DEFAULT_CACHE_MIB,
  capMiB: null,
};

/** Why no peers are used; null where they are, or would be if there were a need. */
export type WithoutPeers = 'chosen' | 'no-webrtc' | 'data-cap' | 'save-data' | 'unreachable';

/** What the contributor is shown about data: small, cloneable, made on demand. Bytes since the start. */
export interface SwarmView {
  withoutPeers: WithoutPeers | null;
  /** Whether other browsers can reach this one. */
  reachable: boolean;
  peers: { peer: string; fromBytes: number; toBytes: number }[];
  fromPeers: number;
  toPeers: number;
  fromCoordinator: number;
  toCoordinator: number;
  /** Blobs on their way, the oldest first. */
  downloads: { blob: string; job: string; bytes: number; hereBytes: number }[];
  cache: {
    /** Where it is kept: lost with the page where it is memory. */
    place: 'opfs' | 'indexeddb' | 'memory' | 'folder';
    bytes: number;
    quotaBytes: number;
    blobs: number;
    /** Of them results that nobody else has yet: not evicted, not emptied. */
    neededBytes: number;
  };
  /** Sent and received today, against the cap. */
  day: { bytes: number; capBytes: number | null };
}
