import type { BlobState } from './blob-state.ts';
import { TELL_MS } from './limits.ts';
import type { Peer } from './peer.ts';
import { type Scene, sharedJob } from './scene.ts';

/** Says what is here, so that peers can ask for it: whole once, then what came, in batches (SWM-9). */
export class Telling {
  readonly #scene: Scene;
  readonly #fresh = new Set<BlobState>();
  /** When what came is told; null where there is nothing to tell. */
  dueAt: number | null = null;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Tells a peer all that is here of a blob. */
  whole(peer: Peer, job: string, blob: BlobState): void {
    const { upload } = this.#scene.allowed;
    const have = upload ? blob.have.bits.slice() : new Uint8Array(blob.have.bits.length);
    this.#scene.emit({ type: 'tell-has', peer: peer.id, job, blob: blob.id, have });
  }

  /** Tells every peer all that is here of a blob: it is not what they were told. */
  again(blob: BlobState): void {
    this.forget(blob);
    for (const peer of this.#scene.peers.all()) {
      const job = sharedJob(blob, peer);
      if (job !== undefined) this.whole(peer, job, blob);
    }
  }

  came(blob: BlobState, chunk: number, now: number): void {
    blob.fresh.push(chunk);
    this.#fresh.add(blob);
    this.dueAt ??= now + TELL_MS;
  }

  forget(blob: BlobState): void {
    blob.fresh = [];
    this.#fresh.delete(blob);
  }

  flush(now: number): void {
    if (this.dueAt === null || now < this.dueAt) return;
    this.dueAt = null;
    for (const blob of this.#fresh) this.#tell(blob);
    this.#fresh.clear();
  }

  #tell(blob: BlobState): void {
    const chunks = blob.fresh;
    blob.fresh = [];
    if (!this.#scene.allowed.upload) return;
    for (const peer of this.#scene.peers.all()) {
      const job = sharedJob(blob, peer);
      if (job === undefined) continue;
      // Who has all of it asks for nothing; what matters to it is that nothing is asked of it either.
      if (peer.holds.get(blob.id)?.isFull !== true)
        this.#scene.emit({
          type: 'tell-got',
          peer: peer.id,
          blob: blob.id,
          chunks: chunks.slice(),
        });
      else if (blob.have.isFull) this.whole(peer, job, blob);
    }
  }
}
