import { chunkCount } from '../../../shared/blob/chunks.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { ManyhandsError } from '../../../shared/errors.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { BlobCache, CachedBlob, CacheUsage } from './blob-cache.ts';
import { CacheIndex, chunkBytes, type Entry, toCachedBlob } from './cache-index.ts';
import type { ChunkStore } from './chunk-store.ts';
import { isFull } from './is-full.ts';
import { MAX_CACHED_BLOBS } from './limits.ts';
import { readRecord } from './read-record.ts';
import { RecordKeeper } from './record-keeper.ts';
import { seal, unseal } from './sealed-chunk.ts';

export interface CacheOptions {
  quotaBytes: number;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** A cache over any store: the index decides, the store holds, and one call follows the other. */
export class StoredCache implements BlobCache {
  onEvicted: ((ids: BlobId[]) => void) | null = null;
  readonly #store: ChunkStore;
  readonly #index = new CacheIndex();
  readonly #records: RecordKeeper;
  readonly #now: () => number;
  #quotaBytes: number;
  #last: Promise<unknown>;
  #closed = false;

  /** What the store holds is read in the first turn: every call waits for that. */
  constructor(store: ChunkStore, { quotaBytes, now }: CacheOptions) {
    this.#store = store;
    this.#quotaBytes = quotaBytes;
    this.#now = now;
    this.#records = new RecordKeeper(store, (task) => void this.#inTurn(task).catch(() => {}));
    this.#last = this.#load();
    this.#last.catch(() => {});
  }

  list(): Promise<CachedBlob[]> {
    return this.#inTurn(async () => this.#index.byUse().map(toCachedBlob));
  }

  open(ref: BlobRef): Promise<CachedBlob> {
    return this.#inTurn(async () => {
      const known = this.#index.get(ref.id);
      if (known && known.ref.bytes === ref.bytes && known.ref.manifest === ref.manifest)
        return toCachedBlob(known);
      if (known && this.#index.isNeeded(known))
        throw new ManyhandsError('BLOB_MISMATCH', 'This blob is in use, and is not like that.', {
          blob: ref.id,
        });
      if (known) await this.#drop(known);
      await this.#makeRoomForOne();
      const entry = this.#index.add({
        ref,
        have: new Uint8Array(Math.ceil(chunkCount(ref.bytes) / 8)),
        manifest: null,
        output: null,
        usedAt: this.#now(),
      });
      if (entry.have.size === 0) this.#records.changed(entry, true);
      return toCachedBlob(entry);
    });
  }

  setManifest(id: BlobId, manifest: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#inTurn(async () => {
      const entry = this.#index.get(id);
      if (!entry || entry.manifest) return;
      entry.manifest = manifest.slice();
      this.#records.changed(entry, false);
    });
  }

  write(id: BlobId, chunk: number, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    // Sealed at once, so that the caller may transfer its array away.
    const sealing = seal(chunk, bytes);
    sealing.catch(() => {});
    const { length } = bytes;
    return this.#inTurn(async () => {
      const entry = this.#index.get(id);
      if (!entry) return false;
      if (!(chunk < entry.have.size) || length !== chunkBytes(entry.ref, chunk))
        throw new ManyhandsError('CHUNK_MALFORMED', 'This is not a chunk of that blob.', {
          blob: id,
          chunk,
          bytes: length,
        });
      if (entry.have.has(chunk)) return true;
      if (!(await this.#makeRoom(length, entry))) return false;
      if (!(await this.#put(entry, chunk, await sealing))) return false;
      this.#index.addChunk(entry, chunk);
      entry.usedAt = this.#now();
      this.#records.changed(entry, entry.have.isFull);
      return true;
    });
  }

  read(id: BlobId, chunk: number): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#inTurn(async () => {
      const entry = this.#index.get(id);
      if (!entry?.have.has(chunk)) return null;
      const sealed = await this.#store.getChunk(id, chunk).catch(() => null);
      const bytes = sealed && (await unseal(chunk, sealed));
      if (bytes?.length === chunkBytes(entry.ref, chunk)) return bytes;
      this.#index.dropChunk(entry, chunk);
      this.#records.changed(entry, true);
      return null;
    });
  }

  touch(id: BlobId): void {
    const entry = this.#index.get(id);
    if (!entry) return;
    entry.usedAt = this.#now();
    this.#records.changed(entry, false);
  }

  pin(id: BlobId): () => void {
    this.#index.pin(id);
    let held = true;
    return () => {
      if (held) this.#index.unpin(id);
      held = false;
    };
  }

  keepOutput(id: BlobId, job: string | null): Promise<void> {
    return this.#inTurn(async () => {
      const entry = this.#index.get(id);
      if (!entry || entry.output === job) return;
      entry.output = job;
      await this.#records.write(entry);
    });
  }

  remove(id: BlobId): Promise<void> {
    return this.#inTurn(async () => {
      const entry = this.#index.get(id);
      if (entry) await this.#drop(entry);
    });
  }

  empty(): Promise<void> {
    return this.#inTurn(() => this.#evict(this.#index.idle()));
  }

  setQuota(bytes: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#quotaBytes = bytes;
      // Where what is needed is above the quota, all the rest makes room.
      await this.#evict(this.#index.victims(0, bytes, null) ?? this.#index.idle());
    });
  }

  usage(): CacheUsage {
    return {
      place: this.#store.place,
      bytes: this.#index.bytes,
      quotaBytes: this.#quotaBytes,
      blobs: this.#index.size,
      neededBytes: this.#index.neededBytes,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const closing = this.#inTurn(async () => {
      await this.#records.close();
      await this.#store.close();
    });
    this.#closed = true;
    await closing;
  }

  async #load(): Promise<void> {
    const kept = new Set<BlobId>();
    for (const stored of await this.#store.load()) {
      const record = readRecord(stored);
      if (!record || this.#index.get(record.ref.id) || kept.size >= MAX_CACHED_BLOBS) continue;
      this.#index.add(record);
      kept.add(record.ref.id);
    }
    // A crash between the first chunk and the first record leaves chunks that nobody knows.
    await this.#store.sweep(kept);
    await this.#evict(this.#index.victims(0, this.#quotaBytes, null) ?? this.#index.idle());
  }

  /** Writes a chunk; where the browser has less room than the quota says, lives with less. */
  async #put(entry: Entry, chunk: number, sealed: Uint8Array<ArrayBuffer>): Promise<boolean> {
    for (;;) {
      try {
        await this.#store.putChunk(entry.ref.id, chunk, sealed);
        return true;
      } catch (error) {
        // Storage that was taken away costs downloads, never a job.
        if (!isFull(error)) return false;
        this.#quotaBytes = Math.min(this.#quotaBytes, this.#index.bytes);
        const victims = this.#index.victims(chunkBytes(entry.ref, chunk), this.#quotaBytes, entry);
        if (!victims || victims.length === 0) return false;
        await this.#evict(victims);
      }
    }
  }

  async #makeRoom(bytes: number, growing: Entry): Promise<boolean> {
    const victims = this.#index.victims(bytes, this.#quotaBytes, growing);
    if (!victims) return false;
    await this.#evict(victims);
    return true;
  }

  async #makeRoomForOne(): Promise<void> {
    if (this.#index.size < MAX_CACHED_BLOBS) return;
    const [oldest] = this.#index.idle();
    if (!oldest)
      throw new ManyhandsError('CACHE_FULL', 'The cache keeps as many blobs as it may.', {
        blobs: this.#index.size,
      });
    await this.#evict([oldest]);
  }

  async #evict(entries: readonly Entry[]): Promise<void> {
    const evicted: BlobId[] = [];
    for (const entry of entries) {
      // It may have been pinned while others went.
      if (this.#index.isNeeded(entry)) continue;
      await this.#drop(entry);
      evicted.push(entry.ref.id);
    }
    if (evicted.length > 0) this.onEvicted?.(evicted);
  }

  async #drop(entry: Entry): Promise<void> {
    this.#index.remove(entry);
    this.#records.forget(entry);
    // What stays behind is swept away at the next start.
    await this.#store.remove(entry.ref.id).catch(() => {});
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    if (this.#closed)
      return Promise.reject(new ManyhandsError('CACHE_CLOSED', 'The cache has been closed.'));
    const result = this.#last.then(task);
    this.#last = result.catch(() => {});
    return result;
  }
}
