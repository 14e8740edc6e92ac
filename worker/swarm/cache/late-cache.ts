import type { BlobRef } from '../../../shared/blob/ref.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { BlobCache, CachedBlob, CacheUsage } from './blob-cache.ts';

/** What is shown while nothing is known. */
const NOTHING_YET: CacheUsage = {
  place: 'memory',
  bytes: 0,
  quotaBytes: 0,
  blobs: 0,
  neededBytes: 0,
};

/**
 * A cache that is still being opened, which takes a browser some 50 ms: whoever needs what is in it
 * waits, and nobody else does.
 */
export class LateCache implements BlobCache {
  readonly #opening: Promise<BlobCache>;
  #cache: BlobCache | null = null;
  #onEvicted: ((ids: BlobId[]) => void) | null = null;

  /** @param opening never rejects, as `openCache` does not */
  constructor(opening: Promise<BlobCache>) {
    this.#opening = opening.then((cache) => {
      this.#cache = cache;
      cache.onEvicted = this.#onEvicted;
      return cache;
    });
  }

  get onEvicted(): ((ids: BlobId[]) => void) | null {
    return this.#onEvicted;
  }

  set onEvicted(listener: ((ids: BlobId[]) => void) | null) {
    this.#onEvicted = listener;
    if (this.#cache) this.#cache.onEvicted = listener;
  }

  async list(): Promise<CachedBlob[]> {
    return (await this.#opening).list();
  }

  async open(ref: BlobRef): Promise<CachedBlob> {
    return (await this.#opening).open(ref);
  }

  async setManifest(id: BlobId, manifest: Uint8Array<ArrayBuffer>): Promise<void> {
    return (await this.#opening).setManifest(id, manifest);
  }

  async write(id: BlobId, chunk: number, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    // The array is its caller's, who may have transferred it away by then.
    return this.#cache
      ? this.#cache.write(id, chunk, bytes)
      : this.#writeLater(id, chunk, bytes.slice());
  }

  async read(id: BlobId, chunk: number): Promise<Uint8Array<ArrayBuffer> | null> {
    return (await this.#opening).read(id, chunk);
  }

  touch(id: BlobId): void {
    this.#cache?.touch(id);
  }

  pin(id: BlobId): () => void {
    if (this.#cache) return this.#cache.pin(id);
    let unpin: (() => void) | null = null;
    let held = true;
    void this.#opening.then((cache) => {
      if (held) unpin = cache.pin(id);
    });
    return () => {
      held = false;
      unpin?.();
    };
  }

  async keepOutput(id: BlobId, job: string | null): Promise<void> {
    return (await this.#opening).keepOutput(id, job);
  }

  async remove(id: BlobId): Promise<void> {
    return (await this.#opening).remove(id);
  }

  async empty(): Promise<void> {
    return (await this.#opening).empty();
  }

  async setQuota(bytes: number): Promise<void> {
    return (await this.#opening).setQuota(bytes);
  }

  usage(): CacheUsage {
    return this.#cache?.usage() ?? NOTHING_YET;
  }

  async close(): Promise<void> {
    return (await this.#opening).close();
  }

  async #writeLater(id: BlobId, chunk: number, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    return (await this.#opening).write(id, chunk, bytes);
  }
}
