import type { BlobId } from '../../../shared/job/spec.ts';
import { MAX_HELD_BYTES } from '../limits.ts';

/** Whole blobs in memory, for jobs that share them and are leased again soon. */
export class HeldBlobs {
  readonly #held = new Map<BlobId, Uint8Array<ArrayBuffer>>();
  readonly #coming = new Map<BlobId, Promise<Uint8Array<ArrayBuffer>>>();
  #bytes = 0;

  /** The blob; `load` is called where it is not here, once for all who ask at the same time. */
  get(id: BlobId, load: () => Promise<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
    const held = this.#held.get(id);
    if (held) {
      // Behind the others, so that those not asked for longest go first.
      this.#held.delete(id);
      this.#held.set(id, held);
      return Promise.resolve(held);
    }
    let coming = this.#coming.get(id);
    if (!coming) {
      coming = load();
      this.#coming.set(id, coming);
      const end = () => this.#coming.delete(id);
      coming.then((bytes) => this.#hold(id, bytes)).then(end, end);
    }
    return coming;
  }

  /** The blob if it is here now. */
  peek(id: BlobId): Uint8Array<ArrayBuffer> | null {
    return this.#held.get(id) ?? null;
  }

  clear(): void {
    this.#held.clear();
    this.#bytes = 0;
  }

  #hold(id: BlobId, bytes: Uint8Array<ArrayBuffer>): void {
    this.#held.set(id, bytes);
    this.#bytes += bytes.length;
    for (const [oldest, { length }] of this.#held) {
      if (this.#bytes <= MAX_HELD_BYTES) break;
      this.#held.delete(oldest);
      this.#bytes -= length;
    }
  }
}
