import { MAX_GRANT_CHUNKS } from '../../../shared/protocol/limits.ts';
import type { BlobState } from './blob-state.ts';
import type { Downloads } from './downloads.ts';
import type { ExchangeEvent } from './events.ts';
import {
  EMPTY_SEEK_MS,
  MIN_SEEK_MS,
  PEERS_SEEK_MS,
  SEEK_ANSWER_MS,
  STARVED_MS,
  UNSEEDED_MS,
  UNSERVED_MS,
} from './limits.ts';
import type { Scene } from './scene.ts';

type Found = Extract<ExchangeEvent, { type: 'found' }>;

/** When the coordinator is asked for peers and for chunks, and what for (SWM-10, SWM-12). */
export class Seeking {
  readonly #scene: Scene;
  readonly #downloads: Downloads;

  constructor(scene: Scene, downloads: Downloads) {
    this.#scene = scene;
    this.#downloads = downloads;
  }

  /** The clock of starving begins anew: something came, or something is wanted that was not. */
  progressed(blob: BlobState, now: number): void {
    blob.progressAt = now;
    // Nodes that came together do not starve together.
    blob.patience = STARVED_MS * (1 + this.#scene.options.random());
  }

  isStarved(blob: BlobState, now: number): boolean {
    if (this.#downloads.isRunning(blob)) return false;
    return !this.#scene.allowed.peers || now - blob.progressAt >= blob.patience;
  }

  /** Seeks for a blob, if it is time and there is anything to seek. */
  seek(blob: BlobState, now: number): void {
    if (blob.missing === 0 || now < blob.seekAt || blob.open.count === 0) return;
    if (blob.seekingSince !== null && now - blob.seekingSince < SEEK_ANSWER_MS) return;
    const [job] = blob.jobs;
    if (job === undefined) return;
    const starved = this.isStarved(blob, now);
    const lacking = starved ? blob.open.count : blob.unheld();
    const grant = Math.min(lacking, this.#grant(blob, now));
    const peers = now >= blob.peersSeekAt ? this.#room(now) : 0;
    if (grant === 0 && peers === 0) {
      blob.seekAt = now + MIN_SEEK_MS;
      return;
    }
    blob.seekingSince = now;
    const missing = blob.unsent();
    this.#scene.emit({ type: 'seek', job, blob: blob.ref, missing, peers, grant, starved });
  }

  /** Books the coordinator's answer; peers are the caller's. */
  found(blob: BlobState, found: Found, now: number): void {
    blob.seekingSince = null;
    blob.seeded = found.seeded;
    blob.grants.push(...found.grant.filter(({ first }) => first < blob.size));
    const empty = found.grant.length === 0 && found.peers.length === 0;
    const pause = Math.max(found.retryMs, empty ? EMPTY_SEEK_MS : MIN_SEEK_MS);
    blob.seekAt = Math.max(blob.seekAt, now + pause * (1 + this.#scene.options.random() / 4));
    if (this.#scene.peers.count + found.peers.length > 0)
      blob.peersSeekAt = now + Math.max(pause, PEERS_SEEK_MS);
  }

  /** A peer is gone: another may be sought at once. */
  lostPeer(blob: BlobState, now: number): void {
    blob.peersSeekAt = Math.min(blob.peersSeekAt, now);
  }

  /** Says once that a blob cannot be had, when neither side has served for the stated time (SWM-13). */
  giveUp(blob: BlobState, now: number): void {
    const limit = blob.seeded ? UNSERVED_MS : UNSEEDED_MS;
    if (blob.missing === 0 || now - blob.progressAt < limit || this.#downloads.isRunning(blob))
      return;
    this.progressed(blob, now);
    this.#scene.emit({ type: 'unavailable', blob: blob.id });
  }

  /** When `seek` or `giveUp` is to be tried again; infinity where nothing is missing. */
  nextAt(blob: BlobState): number {
    if (blob.missing === 0) return Number.POSITIVE_INFINITY;
    const seek =
      blob.seekingSince === null
        ? blob.seekAt
        : Math.max(blob.seekAt, blob.seekingSince + SEEK_ANSWER_MS);
    const giveUp = blob.progressAt + (blob.seeded ? UNSERVED_MS : UNSEEDED_MS);
    return Math.min(blob.open.count > 0 ? seek : giveUp, giveUp);
  }

  #grant(blob: BlobState, now: number): number {
    if (now < this.#downloads.pausedUntil) return 0;
    const size = this.#scene.allowed.peers ? this.#downloads.grantSize : MAX_GRANT_CHUNKS;
    return this.#downloads.ahead(blob) > size / 2 ? 0 : size;
  }

  #room(now: number): number {
    const { peers, allowed, blobs } = this.#scene;
    if (!allowed.peers) return 0;
    return peers.room > 0 ? peers.room : peers.replaceable(blobs.values(), now) ? 1 : 0;
  }
}
