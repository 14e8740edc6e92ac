import type { NetworkStatus } from '../../../shared/api/schemas.ts';

/** Counts what moves, so that an operator sees what peers save the coordinator. All since the start. */
export class DataMeter {
  /** Bytes of blobs that went out of the coordinator. */
  coordinatorBytes = 0;
  /** Bytes that nodes say they got from other nodes. */
  peerBytes = 0;
  /** Nodes that exchange data with others now. */
  members = 0;
  seeks = 0;
  introductions = 0;
  grantedChunks = 0;
  accusations = 0;
  bans = 0;

  now(): NetworkStatus['data'] {
    const { coordinatorBytes, peerBytes, members } = this;
    const all = coordinatorBytes + peerBytes;
    return { coordinatorBytes, peerBytes, savedShare: all === 0 ? null : peerBytes / all, members };
  }
}
