import { MAX_GRANT_CHUNKS } from '../../../shared/protocol/limits.ts';
import type { BlobState } from './blob-state.ts';
import type { Downloads } from './downloads.ts';
import type { ExchangeEvent } from './events.ts';
import { firstRanges } from './first-ranges.ts';
import {
  EMPTY_SEEK_MS,
  ENOUGH_PEERS,
  FIRST_PEERS_SEEK_MS,
  FORSAKEN_MS,
  MAX_STARVED_STEPS,
  MIN_SEEK_MS,
  PEERS_SEEK_MS,
  SEEK_ANSWER_MS,
  STARVED_GRANT,
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
  /** Whether the coordinator has let this node in among peers: before that it introduces nobody. */
  letIn = false;

  constructor(scene: Scene, downloads: Downloads) {
    this.#scene = scene;
    this.#downloads = downloads;
  }

  /** The clock of starving begins anew: something came. */
  progressed(blob: BlobState, now: number): void {
    blob.progressAt = now;
    // Nodes that came together do not starve together.
    const steps = Math.min(blob.starvedSeeks, MAX_STARVED_STEPS);
    blob.patience = (STARVED_MS / 2 ** steps) * (1 + this.#scene.options.random());
  }

  /** Something is wanted that was not. */
  wanted(blob: BlobState, now: number): void {
    blob.fromPeersAt = now;
    this.progressed(blob, now);
  }

  isStarved(blob: BlobState, now: number): boolean {
    if (!this.#scene.allowed.peers) return true;
    if (this.#downloads.isRunning(blob)) return false;
    const { peers } = this.#scene;
    const hope = peers.isDialling(now) || peers.isAsking(now) ? 2 : 1;
    return now - blob.progressAt >= hope * blob.patience;
  }

  /** Seeks for a blob, if it is time and there is anything to seek. */
  seek(blob: BlobState, now: number): void {
    if (blob.missing === 0 || now < blob.seekAt || blob.open.count === 0) return;
    if (blob.seekingSince !== null && now - blob.seekingSince < SEEK_ANSWER_MS) return;
    const [job] = blob.jobs;
    if (job === undefined) return;
    const starved = this.isStarved(blob, now);
    const lacking = starved ? blob.open.count : blob.unheld();
    const grant = Math.min(lacking, this.#grant(blob, starved, now));
    const peers = now >= blob.peersSeekAt ? this.#room(now) : 0;
    if (grant === 0 && (peers === 0 || this.#mayWait(blob))) {
      blob.seekAt = now + MIN_SEEK_MS;
      return;
    }
    blob.seekingSince = now;
    blob.seekingPeers = peers > 0;
    if (starved) blob.starvedSeeks++;
    const missing = blob.unsent();
    const linked = this.#scene.peers.linkedIds();
    this.#scene.emit({ type: 'seek', job, blob: blob.ref, missing, peers, grant, starved, linked });
  }

  /** Books the coordinator's answer; peers are the caller's. */
  found(blob: BlobState, found: Found, now: number): void {
    blob.seekingSince = null;
    blob.seeded = found.seeded;
    blob.grants.push(...found.grant.filter(({ first }) => first < blob.size));
    if (found.grant.length === 0 && this.#isForsaken(blob, now))
      blob.grants.push(...firstRanges(blob.open, this.#grant(blob, true, now)));
    const empty = found.grant.length === 0 && found.peers.length === 0;
    const pause = Math.max(found.retryMs, empty ? EMPTY_SEEK_MS : MIN_SEEK_MS);
    blob.seekAt = Math.max(blob.seekAt, now + pause * (1 + this.#scene.options.random() / 4));
    if (found.peers.length > 0 && !blob.introduced) {
      blob.introduced = true;
      this.progressed(blob, now);
    }
    const enough = this.#scene.peers.linked >= ENOUGH_PEERS;
    if (blob.seekingPeers && this.#scene.peers.count + found.peers.length > 0)
      blob.peersSeekAt = now + Math.max(pause, enough ? PEERS_SEEK_MS : FIRST_PEERS_SEEK_MS);
    if (blob.seekAgain) this.anew(blob, now);
  }

  /** What was found before says nothing of what would be found now. */
  anew(blob: BlobState, now: number): void {
    // An answer that is on its way may grant chunks: it is waited for.
    blob.seekAgain = blob.seekingSince !== null;
    blob.seekAt = Math.min(blob.seekAt, now);
    blob.peersSeekAt = Math.min(blob.peersSeekAt, now);
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

  /** Whether no peer that it was introduced to sends it anything: then it serves itself (SWM-19). */
  #isForsaken(blob: BlobState, now: number): boolean {
    const { introduced, seeded, fromPeersAt } = blob;
    return introduced && seeded && now - fromPeersAt >= FORSAKEN_MS && this.isStarved(blob, now);
  }

  /** Whether peers come soon enough with the next seek for chunks: some are there, or none can be. */
  #mayWait(blob: BlobState): boolean {
    if (!this.#downloads.isRunning(blob)) return false;
    return !this.letIn || this.#scene.peers.count >= ENOUGH_PEERS;
  }

  #grant(blob: BlobState, starved: boolean, now: number): number {
    if (now < this.#downloads.pausedUntil) return 0;
    if (!this.#scene.allowed.peers)
      return this.#downloads.ahead(blob) > MAX_GRANT_CHUNKS / 2 ? 0 : MAX_GRANT_CHUNKS;
    const size = this.#downloads.grantSize;
    if (starved) return STARVED_GRANT * 2 ** Math.min(blob.starvedSeeks, MAX_STARVED_STEPS);
    return this.#downloads.ahead(blob) > size / 2 ? 0 : size;
  }

  #room(now: number): number {
    const { peers, allowed, blobs } = this.#scene;
    if (!allowed.peers) return 0;
    const room = peers.room(now);
    return room > 0 ? room : peers.replaceable(blobs.values(), now) ? 1 : 0;
  }
}
