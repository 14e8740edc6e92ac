/** Bounds of a node's connection. */

/** From the connection to a proven key: many times what a busy phone on a slow link needs. */
export const HANDSHAKE_MS = 15_000;
/** What a connection may send before its key is proven: hello and join with room to spare. */
export const HANDSHAKE_BYTES = 64 * 1024;
/** Faults that a connection may have at once; a sound node has none. */
export const FAULT_BURST = 20;
/** One fault is forgotten this often. */
export const FAULT_FORGOTTEN_MS = 3_000;
/** Frames that wait for a node which does not read, in bytes: one largest job and many leases. */
export const MAX_UNSENT_BYTES = 8 * 1024 * 1024;
/** Submissions that wait for their commit, in bytes, before no more frames are read from anybody. */
export const MAX_BACKLOG_BYTES = 64 * 1024 * 1024;
/** When nodes are to come back after an orderly end: a restart takes about as long. */
export const BYE_RETRY_MS = 2_000;

/**
 * Sockets of an address for others than the gateway (the relay), for each node that it may have: one,
 * and the one that it replaces.
 */
export const OTHER_SOCKETS_PER_NODE = 2;

/** Why a connection was closed, as WebSocket close codes. */
export const CloseCode = {
  goingAway: 1001,
  replaced: 4000,
  versionMismatch: 4001,
  notProven: 4002,
  tooManyFaults: 4003,
  silent: 4004,
  notReading: 4005,
  left: 4006,
} as const;
