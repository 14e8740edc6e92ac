import { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import { chunkCount, chunkRange } from '../../../shared/blob/chunks.ts';
import { type ChunkDigests, decodeManifest } from '../../../shared/blob/manifest.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { equalBytes, fromHex } from '../../../shared/bytes.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { BlobCache, CachedBlob } from '../cache/blob-cache.ts';
import { MAX_WRITING } from '../limits.ts';
import { digestOf, identify } from './digest.ts';

/** A blob of which chunks are here, or are to come. */
export interface Shelved {
  readonly ref: BlobRef;
  /** Verified chunks that are here. */
  readonly have: ChunkSet;
  /** Null until the manifest is here; a blob of one chunk needs none. */
  digests: ChunkDigests | null;
  manifest: Uint8Array<ArrayBuffer> | null;
  /** Chunks on their way to the cache. */
  readonly writing: Map<number, Uint8Array<ArrayBuffer>>;
  readonly writes: Set<Promise<void>>;
  /** Chunks that the cache has no room for, for as long as somebody waits for the blob. */
  readonly spare: Map<number, Uint8Array<ArrayBuffer>>;
}

/**
 * Verified chunks on the cache. A cache that keeps nothing (no room, a broken disk) costs further
 * downloads and nothing else.
 */
export class Shelf {
  readonly #cache: BlobCache;
  readonly #shelved = new Map<BlobId, Promise<Shelved>>();
  /** What an earlier visit left. */
  readonly #kept: Promise<Map<BlobId, CachedBlob>>;
  #isListed = false;

  constructor(cache: BlobCache) {
    this.#cache = cache;
    this.#kept = cache.list().then(
      (list) => new Map(list.map((blob) => [blob.ref.id, blob])),
      () => new Map(),
    );
    void this.#kept.then(() => {
      this.#isListed = true;
    });
  }

  /** Whether what an earlier visit left is known; a cache takes a while to open. */
  get isListed(): boolean {
    return this.#isListed;
  }

  /** What an earlier visit left of a blob. */
  async kept(id: BlobId): Promise<CachedBlob | null> {
    return (await this.#kept).get(id) ?? null;
  }

  /** Outputs of earlier visits that are not to be lost, with their jobs. */
  async keptOutputs(): Promise<{ job: string; ref: BlobRef }[]> {
    return [...(await this.#kept).values()].flatMap(({ output, ref }) =>
      output === null ? [] : [{ job: output, ref }],
    );
  }

  /** The blob with what is here of it. The same object until it is dropped. */
  open(ref: BlobRef): Promise<Shelved> {
    let opened = this.#shelved.get(ref.id);
    if (!opened) {
      opened = this.#open(ref);
      this.#shelved.set(ref.id, opened);
    }
    return opened;
  }

  async #open(ref: BlobRef): Promise<Shelved> {
    const count = chunkCount(ref.bytes);
    const cached = await this.#cache.open(ref).catch(() => null);
    const shelved: Shelved = {
      ref,
      have: new ChunkSet(count, cached?.have),
      digests: count <= 1 ? [fromHex(ref.id)] : null,
      manifest: null,
      writing: new Map(),
      writes: new Set(),
      spare: new Map(),
    };
    if (cached?.manifest) this.takeManifest(shelved, cached.manifest);
    return shelved;
  }

  /** Whether these bytes are the blob's manifest; it is kept then. */
  takeManifest(shelved: Shelved, manifest: Uint8Array<ArrayBuffer>): boolean {
    try {
      shelved.digests = decodeManifest(manifest, shelved.ref);
    } catch {
      return false;
    }
    shelved.manifest = manifest;
    this.#cache.setManifest(shelved.ref.id, manifest).catch(() => {});
    return true;
  }

  /** Whether these bytes are the chunk that they are said to be. The manifest must be here. */
  async isGood(shelved: Shelved, chunk: number, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const { start, end } = chunkRange(shelved.ref.bytes, chunk);
    const digest = shelved.digests?.[chunk];
    if (!digest || bytes.length !== end - start) return false;
    return equalBytes(await digestOf(bytes), digest);
  }

  /**
   * Takes a verified chunk in: it can be read at once. Resolves when there is room for the next one,
   * which is before it is written unless the disk is slow.
   */
  async store(shelved: Shelved, chunk: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (!shelved.have.add(chunk)) return;
    shelved.writing.set(chunk, bytes);
    const written = this.#write(shelved, chunk, bytes);
    if (shelved.writing.size > MAX_WRITING) await written;
  }

  /** Resolves when all that was taken in is written, or has turned out not to fit. */
  async settled(shelved: Shelved): Promise<void> {
    await Promise.all(shelved.writes);
  }

  #write(shelved: Shelved, chunk: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const written = this.#cache
      .write(shelved.ref.id, chunk, bytes)
      .then(
        (kept) => kept,
        () => false,
      )
      .then((kept) => {
        shelved.writes.delete(written);
        shelved.writing.delete(chunk);
        if (!kept && shelved.have.has(chunk)) shelved.spare.set(chunk, bytes);
      });
    shelved.writes.add(written);
    return written;
  }

  /** A chunk that is here; null where it turns out not to be, which is noted. */
  async read(shelved: Shelved, chunk: number): Promise<Uint8Array<ArrayBuffer> | null> {
    if (!shelved.have.has(chunk)) return null;
    const inMemory = shelved.writing.get(chunk) ?? shelved.spare.get(chunk);
    if (inMemory) return inMemory;
    const bytes = await this.#cache.read(shelved.ref.id, chunk).catch(() => null);
    if (!bytes) shelved.have.delete(chunk);
    return bytes;
  }

  /** Lets go of chunks that the cache had no room for. Returns which. */
  dropSpare(shelved: Shelved): number[] {
    const chunks = [...shelved.spare.keys()];
    shelved.spare.clear();
    for (const chunk of chunks) shelved.have.delete(chunk);
    return chunks;
  }

  /** Its chunks are needed: they do not make room for others until the returned function is called. */
  pin(id: BlobId): () => void {
    return this.#cache.pin(id);
  }

  touch(id: BlobId): void {
    this.#cache.touch(id);
  }

  /** The cache has evicted it. */
  drop(id: BlobId): void {
    this.#shelved.delete(id);
    void this.#kept.then((kept) => kept.delete(id));
  }

  /** A blob that came whole, for the next visit. */
  async keep(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { ref, manifest } = await identify(bytes);
    const shelved = await this.open(ref);
    if (manifest) this.takeManifest(shelved, manifest);
    for (let chunk = 0; chunk < chunkCount(ref.bytes); chunk++) {
      const { start, end } = chunkRange(ref.bytes, chunk);
      await this.store(shelved, chunk, bytes.subarray(start, end));
    }
    await this.settled(shelved);
    this.dropSpare(shelved);
  }

  /** A blob that an earlier visit left whole; null where it did not. Not checked against its name. */
  async readKept(id: BlobId): Promise<Uint8Array<ArrayBuffer> | null> {
    const kept = (await this.#kept).get(id);
    if (!kept) return null;
    const shelved = await this.open(kept.ref);
    if (!shelved.have.isFull) return null;
    const bytes = new Uint8Array(kept.ref.bytes);
    for (let chunk = 0; chunk < shelved.have.size; chunk++) {
      const part = await this.read(shelved, chunk);
      if (!part) return null;
      bytes.set(part, chunkRange(kept.ref.bytes, chunk).start);
    }
    this.touch(id);
    return bytes;
  }
}
