import { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import { MANIFEST_CHUNK } from '../peers/peer-frames.ts';
import { abandon, ask } from './asking.ts';
import type { BlobState } from './blob-state.ts';
import { DIAL_MS, LIMIT_PAUSE_MS, MAX_EARLY_BLOBS } from './limits.ts';
import type { Peer } from './peer.ts';
import { type Scene, sharedJob } from './scene.ts';
import type { Seeking } from './seeking.ts';
import type { Telling } from './telling.ts';

/** With whom this node is connected, what they say they hold, and whom it lets go (SWM-7, SWM-8). */
export class Linking {
  readonly #scene: Scene;
  readonly #telling: Telling;
  readonly #seeking: Seeking;

  constructor(scene: Scene, telling: Telling, seeking: Seeking) {
    this.#scene = scene;
    this.#telling = telling;
    this.#seeking = seeking;
  }

  /** Dials those that were introduced, as far as there is room, or one to give up for them. */
  found(ids: readonly string[], job: string, now: number): void {
    const { peers, allowed, blobs } = this.#scene;
    if (!allowed.peers) return;
    for (const id of ids) {
      const known = peers.get(id);
      if (known) {
        if (known.linked && !known.jobs.has(job)) this.#dial(known, job);
        continue;
      }
      if (!peers.mayDial(id, now)) continue;
      if (peers.room(now) === 0 && !this.#makeRoom(blobs.values(), now)) continue;
      this.#dial(peers.add(id, now), job);
    }
  }

  linked(id: string, job: string, now: number): void {
    const { peers, allowed, blobs } = this.#scene;
    let peer = peers.get(id);
    if (!peer?.linked) {
      if (!allowed.peers || peers.isBarred(id)) {
        this.#hangUp(id, 'not welcome');
        return;
      }
      if (peers.isFull && !this.#makeRoom(blobs.values(), now)) {
        if (peer) this.drop(peer, 'full', now);
        else this.#hangUp(id, 'full');
        return;
      }
      peer ??= peers.add(id, now);
      peer.linked = true;
      peer.since = now;
      peer.usefulAt = now;
      for (const other of peers.surplus()) this.drop(other, 'full', now);
    }
    if (peer.jobs.has(job)) return;
    peer.jobs.add(job);
    for (const blob of blobs.values()) if (blob.jobs.has(job)) this.#telling.whole(peer, job, blob);
    ask(this.#scene, peer, now);
  }

  unlinked(id: string, now: number): void {
    const peer = this.#scene.peers.get(id);
    if (!peer) return;
    this.#scene.peers.putOff(id, now);
    this.#forget(peer, now);
  }

  /** A peer says what it holds of a blob; what it said before is replaced. */
  has(id: string, blobId: BlobId, have: Uint8Array, now: number): void {
    const peer = this.#scene.peers.get(id);
    if (!peer) return;
    const blob = this.#scene.blobs.get(blobId);
    if (blob) {
      this.#hold(peer, blob, new ChunkSet(blob.size, have));
      ask(this.#scene, peer, now);
    } else if (peer.early.has(blobId) || peer.early.size < MAX_EARLY_BLOBS) {
      peer.early.set(blobId, have.slice());
    }
  }

  /** A peer says what came to it since. */
  got(id: string, blobId: BlobId, chunks: readonly number[], now: number): void {
    const peer = this.#scene.peers.get(id);
    if (!peer) return;
    const blob = this.#scene.blobs.get(blobId);
    if (!blob) {
      const early = peer.early.get(blobId);
      for (const chunk of chunks)
        if (early && chunk >> 3 < early.length) early[chunk >> 3] |= 1 << (chunk & 7);
      return;
    }
    let held = peer.holds.get(blob.id);
    if (!held) {
      held = new ChunkSet(blob.size);
      peer.holds.set(blob.id, held);
    }
    for (const chunk of chunks) if (held.add(chunk)) blob.holders[chunk]++;
    ask(this.#scene, peer, now);
  }

  joined(blob: BlobState, job: string): void {
    for (const peer of this.#scene.peers.all()) {
      const early = peer.early.get(blob.id);
      if (early) {
        peer.early.delete(blob.id);
        this.#hold(peer, blob, new ChunkSet(blob.size, early));
      }
      if (peer.jobs.has(job)) this.#telling.whole(peer, job, blob);
    }
  }

  parted(blob: BlobState): void {
    for (const peer of this.#scene.peers.all()) {
      const held = peer.holds.get(blob.id);
      if (!held) continue;
      peer.holds.delete(blob.id);
      // The blob may be joined anew, and the peer will not say again what it holds.
      if (peer.early.size < MAX_EARLY_BLOBS) peer.early.set(blob.id, held.bits);
    }
  }

  refused(
    peer: Peer,
    blob: BlobState,
    chunk: number,
    reason: 'absent' | 'busy' | 'limit',
    now: number,
  ): void {
    if (reason === 'busy') {
      peer.wasBusy(now);
      return;
    }
    if (reason === 'limit') {
      peer.pausedUntil = now + LIMIT_PAUSE_MS;
      return;
    }
    if (chunk === MANIFEST_CHUNK) {
      blob.manifestFailures++;
      peer.wasBusy(now);
    } else if (peer.holds.get(blob.id)?.delete(chunk)) blob.holders[chunk]--;
    if (peer.lacked()) this.bar(peer.id, 'does not have what it says', now);
  }

  /** Never again in this session. */
  bar(id: string, reason: string, now: number): void {
    const { peers } = this.#scene;
    peers.bar(id);
    const peer = peers.get(id);
    if (peer) this.drop(peer, reason, now);
  }

  /** Lets a peer go. */
  drop(peer: Peer, reason: string, now: number): void {
    this.#scene.peers.putOff(peer.id, now);
    this.#forget(peer, now);
    this.#hangUp(peer.id, reason);
  }

  hangUpAll(reason: string, now: number): void {
    for (const peer of [...this.#scene.peers.all()]) this.drop(peer, reason, now);
  }

  /** Gives up dials without end, and peers with which nothing is left to exchange. */
  tidy(now: number): void {
    const { peers, blobs } = this.#scene;
    for (const peer of [...peers.all()])
      if (!peer.linked && now - peer.since >= DIAL_MS) this.drop(peer, 'no answer', now);
    const idle = peers.idle(blobs.values(), now);
    if (idle) this.drop(idle, 'nothing to exchange', now);
  }

  #makeRoom(blobs: Iterable<BlobState>, now: number): boolean {
    const worst = this.#scene.peers.replaceable(blobs, now);
    if (!worst) return false;
    this.#scene.peers.replaced(now);
    this.drop(worst, 'replaced', now);
    return true;
  }

  #dial(peer: Peer, job: string): void {
    if (peer.dialled.has(job)) return;
    peer.dialled.add(job);
    this.#scene.emit({ type: 'dial', peer: peer.id, job });
  }

  #hangUp(peer: string, reason: string): void {
    this.#scene.emit({ type: 'hang-up', peer, reason });
  }

  #hold(peer: Peer, blob: BlobState, held: ChunkSet): void {
    this.#unhold(peer, blob);
    peer.holds.set(blob.id, held);
    for (let chunk = 0; chunk < blob.size; chunk++) if (held.has(chunk)) blob.holders[chunk]++;
  }

  #unhold(peer: Peer, blob: BlobState): void {
    const held = peer.holds.get(blob.id);
    if (!held) return;
    for (let chunk = 0; chunk < blob.size; chunk++) if (held.has(chunk)) blob.holders[chunk]--;
  }

  #forget(peer: Peer, now: number): void {
    abandon(this.#scene, peer, false);
    for (const blob of this.#scene.blobs.values()) {
      this.#unhold(peer, blob);
      if (sharedJob(blob, peer) !== undefined || !peer.linked) this.#seeking.lostPeer(blob, now);
    }
    this.#scene.peers.remove(peer.id);
  }
}
