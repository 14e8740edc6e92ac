import type { BlobId } from '../../../shared/job/spec.ts';
import { MANIFEST_CHUNK } from '../peers/peer-frames.ts';
import { ask, askAll, expire, mayGiveManifest, recall, settle } from './asking.ts';
import { BlobState } from './blob-state.ts';
import { Downloads } from './downloads.ts';
import type { ExchangeEffect, ExchangeEvent } from './events.ts';
import { Linking } from './linking.ts';
import { nextWake } from './next-wake.ts';
import type { Peer } from './peer.ts';
import { PeerBook } from './peer-book.ts';
import type { ExchangeOptions, Scene } from './scene.ts';
import { Seeking } from './seeking.ts';
import { Telling } from './telling.ts';

type EventOf<T extends ExchangeEvent['type']> = Extract<ExchangeEvent, { type: T }>;

/**
 * Which chunk is asked of whom, and when (SWM-1 ..): see events.ts.
 *
 * That a blob's manifest is here is told by `stored` with `MANIFEST_CHUNK`; blobs of one chunk have
 * none. A `dial` is answered by `linked` or `unlinked`; a peer may be used between the two. After
 * `hang-up` no `unlinked` is needed, and one does no harm.
 */
export class Exchange {
  readonly #scene: Scene;
  readonly #linking: Linking;
  readonly #telling: Telling;
  readonly #downloads: Downloads;
  readonly #seeking: Seeking;
  #effects: ExchangeEffect[] = [];
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(options: ExchangeOptions) {
    this.#scene = {
      options,
      blobs: new Map(),
      peers: new PeerBook(options.maxPeers, options),
      allowed: { peers: true, upload: true },
      emit: (effect) => this.#effects.push(effect),
    };
    this.#telling = new Telling(this.#scene);
    this.#downloads = new Downloads(this.#scene);
    this.#seeking = new Seeking(this.#scene, this.#downloads);
    this.#linking = new Linking(this.#scene, this.#telling, this.#seeking);
  }

  /** Takes one event in; the effects are to be carried out in order. */
  handle(event: ExchangeEvent, now: number): ExchangeEffect[] {
    this.#effects = [];
    if (this.#wakeAt <= now) this.#wakeAt = Number.POSITIVE_INFINITY;
    this.#take(event, now);
    for (const blob of this.#scene.blobs.values()) this.#seeking.seek(blob, now);
    const wake = nextWake(this.#scene, this.#seeking, this.#telling, this.#downloads, now);
    if (wake < this.#wakeAt) {
      this.#wakeAt = wake;
      this.#effects.push({ type: 'wake', at: wake });
    }
    return this.#effects;
  }

  /** Whether a verified chunk (or `MANIFEST_CHUNK`) is here, as far as the events told. */
  has(id: BlobId, chunk: number): boolean {
    const blob = this.#scene.blobs.get(id);
    return (
      blob !== undefined && (chunk === MANIFEST_CHUNK ? blob.manifestHere : blob.have.has(chunk))
    );
  }

  #take(event: ExchangeEvent, now: number): void {
    switch (event.type) {
      case 'join':
        this.#join(event);
        return;
      case 'mode':
        this.#mode(event, now);
        return;
      case 'entered':
        this.#seeking.letIn = true;
        for (const blob of this.#scene.blobs.values()) this.#seeking.anew(blob, now);
        return;
      case 'tick':
        this.#tick(now);
        return;
      case 'linked':
        this.#linking.linked(event.peer, event.job, now);
        return;
      case 'unlinked':
        this.#linking.unlinked(event.peer, now);
        askAll(this.#scene, now);
        return;
    }
    const blob = this.#scene.blobs.get(event.blob);
    if (event.type === 'peer-has') this.#linking.has(event.peer, event.blob, event.have, now);
    else if (event.type === 'peer-got')
      this.#linking.got(event.peer, event.blob, event.chunks, now);
    else if (blob) this.#takeOf(blob, event, now);
  }

  #takeOf(blob: BlobState, event: ExchangeEvent, now: number): void {
    switch (event.type) {
      case 'part':
        this.#part(blob, now);
        return;
      case 'want':
        this.#want(blob, event, now);
        return;
      case 'unwant':
        recall(this.#scene, blob, null);
        blob.unwant();
        return;
      case 'found':
        this.#found(blob, event, now);
        return;
      case 'received':
        this.#received(blob, event, now);
        return;
      case 'refused':
        this.#refused(blob, event, now);
        return;
      case 'downloaded':
        this.#downloads.came(blob, event.chunk, now);
        this.#here(blob, event.chunk, now);
        return;
      case 'download-ended':
        this.#downloads.ended(blob, event.range, event.failed, now);
        this.#downloads.start(now);
        askAll(this.#scene, now);
        return;
      case 'stored':
        for (const chunk of event.chunks) this.#here(blob, chunk, now);
        return;
      case 'lost':
        for (const chunk of event.chunks) blob.lose(chunk);
        this.#telling.again(blob);
        askAll(this.#scene, now);
        return;
    }
  }

  #join({ job, blob: ref, have }: EventOf<'join'>): void {
    let blob = this.#scene.blobs.get(ref.id);
    if (!blob) {
      blob = new BlobState(ref, have);
      this.#scene.blobs.set(ref.id, blob);
    }
    if (blob.jobs.has(job)) return;
    blob.jobs.add(job);
    this.#linking.joined(blob, job);
  }

  #part(blob: BlobState, now: number): void {
    recall(this.#scene, blob, null);
    this.#telling.forget(blob);
    this.#downloads.forget(blob);
    this.#scene.blobs.delete(blob.id);
    this.#linking.parted(blob);
    this.#downloads.start(now);
  }

  #want(blob: BlobState, { ranges, urgent }: EventOf<'want'>, now: number): void {
    if (blob.missing === 0) this.#seeking.wanted(blob, now);
    blob.want(ranges, urgent);
    if (blob.missing === 0) this.#scene.emit({ type: 'satisfied', blob: blob.id });
    else askAll(this.#scene, now);
  }

  #found(blob: BlobState, event: EventOf<'found'>, now: number): void {
    this.#seeking.found(blob, event, now);
    if (blob.missing > 0) this.#linking.found(event.peers, event.job, now);
    if (event.seeded && !blob.manifestHere && !mayGiveManifest(blob))
      this.#downloads.manifest(blob, now);
    this.#downloads.start(now);
  }

  #received(blob: BlobState, event: EventOf<'received'>, now: number): void {
    const peer = this.#scene.peers.get(event.peer);
    const flight = peer ? settle(peer, blob, event.chunk) : null;
    if (!event.good) {
      this.#linking.bar(event.peer, 'wrong bytes', now);
      const [job] = blob.jobs;
      const { peer: accused, chunk } = event;
      this.#scene.emit({ type: 'accuse', peer: accused, job, blob: blob.id, chunk });
      askAll(this.#scene, now);
      return;
    }
    peer?.delivered(event.bytes, flight, now);
    blob.starvedSeeks = 0;
    blob.fromPeersAt = now;
    this.#here(blob, event.chunk, now);
    if (peer) ask(this.#scene, peer, now);
  }

  #refused(blob: BlobState, event: EventOf<'refused'>, now: number): void {
    const peer = this.#scene.peers.get(event.peer);
    if (!peer || !settle(peer, blob, event.chunk)) return;
    this.#linking.refused(peer, blob, event.chunk, event.reason, now);
    askAll(this.#scene, now);
  }

  /** A verified chunk is here, from wherever. */
  #here(blob: BlobState, chunk: number, now: number): void {
    if (chunk === MANIFEST_CHUNK) {
      if (blob.manifestHere) return;
      blob.manifestHere = true;
      recall(this.#scene, blob, MANIFEST_CHUNK);
      this.#seeking.progressed(blob, now);
      this.#downloads.start(now);
      askAll(this.#scene, now);
      return;
    }
    const wasMissing = blob.missing;
    if (!blob.arrive(chunk)) return;
    recall(this.#scene, blob, chunk);
    this.#seeking.progressed(blob, now);
    this.#telling.came(blob, chunk, now);
    if (wasMissing > 0 && blob.missing === 0) {
      blob.grants = [];
      this.#scene.emit({ type: 'satisfied', blob: blob.id });
    }
  }

  #mode({ peers, upload }: EventOf<'mode'>, now: number): void {
    const { allowed } = this.#scene;
    const uploads = allowed.upload;
    allowed.peers = peers;
    allowed.upload = upload;
    if (!peers) this.#linking.hangUpAll('peers are not used', now);
    else if (uploads !== upload)
      for (const blob of this.#scene.blobs.values()) this.#telling.again(blob);
    for (const blob of this.#scene.blobs.values()) this.#seeking.anew(blob, now);
  }

  #tick(now: number): void {
    this.#telling.flush(now);
    const stalled: Peer[] = expire(this.#scene, now);
    for (const peer of stalled) this.#linking.drop(peer, 'stalled', now);
    this.#linking.tidy(now);
    this.#downloads.start(now);
    for (const blob of this.#scene.blobs.values()) this.#seeking.giveUp(blob, now);
    askAll(this.#scene, now);
  }
}
