import { createHash } from 'node:crypto';
import { CHUNK_BYTES } from '../../shared/blob/chunks.ts';
import { encodeManifest, manifestBytes } from '../../shared/blob/manifest.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import type { BlobId } from '../../shared/job/spec.ts';
import type { BlobStore } from './blob-store.ts';

/** References kept in memory: 100 bytes each. */
const MAX_REFS = 100_000;

/** What the manifests are kept in; a BlobStore. */
type Files = Pick<BlobStore, 'size' | 'read' | 'readManifest' | 'keepManifest'>;

/** Manifests of the coordinator's blobs: each is computed once, and kept beside its blob. */
export class Manifests {
  readonly #files: Files;
  readonly #refs = new Map<BlobId, BlobRef>();
  /** Being computed; whoever asks meanwhile waits for the same one. */
  readonly #computing = new Map<BlobId, Promise<Uint8Array<ArrayBuffer>>>();
  /** One after the other: anybody may ask for them, and a hash keeps a whole core. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(files: Files) {
    this.#files = files;
  }

  /** The manifest; null where there is no such blob, or one of a single chunk, which needs none. */
  async read(id: BlobId): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = await this.#files.size(id);
    if (bytes === null || bytes <= CHUNK_BYTES) return null;
    return (await this.#kept(id, bytes)) ?? (await this.#compute(id, bytes));
  }

  /**
   * What refers to a blob for peers; null where there is no such blob.
   * @param compute whether a manifest is made where there is none; else null then
   */
  async refOf(id: BlobId, compute: boolean): Promise<BlobRef | null> {
    const known = this.#refs.get(id);
    if (known) return known;
    const bytes = await this.#files.size(id);
    if (bytes === null) return null;
    let manifest: string = id;
    if (bytes > CHUNK_BYTES) {
      const kept =
        (await this.#kept(id, bytes)) ?? (compute ? await this.#compute(id, bytes) : null);
      if (!kept) return null;
      manifest = createHash('sha256').update(kept).digest('hex');
    }
    const ref = { id, bytes, manifest };
    if (this.#refs.size >= MAX_REFS) this.#refs.clear();
    this.#refs.set(id, ref);
    return ref;
  }

  async #kept(id: BlobId, bytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const kept = await this.#files.readManifest(id);
    // Another length is that of a file that was cut short behind our back.
    return kept?.length === manifestBytes(bytes) ? kept : null;
  }

  #compute(id: BlobId, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const running = this.#computing.get(id);
    if (running) return running;
    const computed = this.#turn
      .then(() => this.#make(id, bytes))
      .finally(() => this.#computing.delete(id));
    this.#turn = computed.catch(() => {});
    this.#computing.set(id, computed);
    return computed;
  }

  async #make(id: BlobId, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const digests: Uint8Array[] = [];
    let hash = createHash('sha256');
    let room = CHUNK_BYTES;
    for await (const piece of this.#files.read(id) as AsyncIterable<Uint8Array>) {
      for (let at = 0; at < piece.length; ) {
        const part = piece.subarray(at, at + room);
        hash.update(part);
        at += part.length;
        room -= part.length;
        if (room > 0) continue;
        digests.push(hash.digest());
        hash = createHash('sha256');
        room = CHUNK_BYTES;
      }
    }
    if (room < CHUNK_BYTES) digests.push(hash.digest());
    const manifest = encodeManifest(bytes, digests);
    await this.#files.keepManifest(id, manifest);
    return manifest;
  }
}
