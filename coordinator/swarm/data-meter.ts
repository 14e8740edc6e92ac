import type { NetworkStatus } from '../../shared/api/schemas.ts';

/** Counts the bytes of blobs, so that an operator sees what peers save the coordinator. */
export class DataMeter {
  /** Bytes that went out of the coordinator. */
  coordinatorBytes = 0;
  /** Bytes that nodes say they got from other nodes. */
  peerBytes = 0;
  /** Nodes that exchange data with others now. */
  members = 0;

  now(): NetworkStatus['data'] {
    const { coordinatorBytes, peerBytes, members } = this;
    const all = coordinatorBytes + peerBytes;
    return { coordinatorBytes, peerBytes, savedShare: all === 0 ? null : peerBytes / all, members };
  }
}
