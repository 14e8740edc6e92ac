import type { BlobId } from '../../../shared/job/spec.ts';
import { TokenBucket } from './token-bucket.ts';

/** A chunk (or `MANIFEST_CHUNK`) that a peer asked this node for. */
export interface UploadRequest {
  peer: string;
  /** The asker's number for it. */
  request: number;
  job: string;
  blob: BlobId;
  chunk: number;
  /** Length of the answer. */
  bytes: number;
}

export interface UploadLimits {
  /** Requests of one peer that wait; the next is refused as busy. */
  waitingPerPeer: number;
  /** Peers that something is being sent to at the same time. */
  sending: number;
  /** Bytes that one peer gets in this session, all blobs together. */
  bytesPerPeer: number;
  /** Bytes a second over all peers; null for no cap. */
  bytesPerSecond: number | null;
}

/**
 * Which of the waiting `get`s is answered next: one of each peer in turn, however many each has
 * sent, and one at a time to each peer. Pure: reads are the caller's.
 *
 * `add` what was asked (and refuse with what it returns), then as long as `next` gives something:
 * read, send, and say `sent` when the message has left. `readyAt` tells when to call `next` again.
 */
export class UploadQueue {
  readonly #limits: UploadLimits;
  readonly #bucket: TokenBucket;
  /** In the order of their turns. */
  readonly #peers = new Map<
    string,
    { waiting: UploadRequest[]; sending: boolean; bytes: number }
  >();
  #sending = 0;

  constructor(limits: UploadLimits) {
    this.#limits = limits;
    this.#bucket = new TokenBucket(limits.bytesPerSecond);
  }

  /** Changes the cap on bytes a second; null for none. */
  setRate(bytesPerSecond: number | null, now: number): void {
    this.#bucket.setRate(bytesPerSecond, now);
  }

  /** Takes a request in, or says why it is refused. */
  add(request: UploadRequest): 'queued' | 'busy' | 'limit' {
    let peer = this.#peers.get(request.peer);
    if (!peer) {
      peer = { waiting: [], sending: false, bytes: 0 };
      this.#peers.set(request.peer, peer);
    }
    if (peer.waiting.length >= this.#limits.waitingPerPeer) return 'busy';
    if (peer.bytes + request.bytes > this.#limits.bytesPerPeer) return 'limit';
    peer.bytes += request.bytes;
    peer.waiting.push(request);
    return 'queued';
  }

  /** The peer no longer wants it. What is being sent already goes on. */
  cancel(peer: string, request: number): void {
    const state = this.#peers.get(peer);
    const at = state?.waiting.findIndex((waiting) => waiting.request === request) ?? -1;
    if (!state || at < 0) return;
    state.bytes -= state.waiting[at].bytes;
    state.waiting.splice(at, 1);
  }

  /** The peer is gone. What it was sent is forgotten with it. */
  remove(peer: string): void {
    if (this.#peers.get(peer)?.sending) this.#sending--;
    this.#peers.delete(peer);
  }

  /** The request to answer now; its peer gets no other before `sent`. Null where none may go now. */
  next(now: number): UploadRequest | null {
    if (this.#sending >= this.#limits.sending || !this.#bucket.open(now)) return null;
    for (const [id, peer] of this.#peers) {
      if (peer.sending) continue;
      const request = peer.waiting.shift();
      if (!request) continue;
      this.#bucket.take(request.bytes, now);
      peer.sending = true;
      this.#sending++;
      this.#peers.delete(id);
      this.#peers.set(id, peer);
      return request;
    }
    return null;
  }

  /** The answer has left (or could not be sent): the next may go to this peer. */
  sent(peer: string): void {
    const state = this.#peers.get(peer);
    if (!state?.sending) return;
    state.sending = false;
    this.#sending--;
  }

  /** When the rate's cap lets the next one go; null where nothing waits for the cap alone. */
  readyAt(now: number): number | null {
    if (this.#sending >= this.#limits.sending) return null;
    for (const peer of this.#peers.values())
      if (!peer.sending && peer.waiting.length > 0) return this.#bucket.openAt(now);
    return null;
  }
}
