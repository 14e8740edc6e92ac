import { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import { chunkCount, chunkRange } from '../../../shared/blob/chunks.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { CachedBlob } from './blob-cache.ts';
import type { BlobRecord } from './chunk-store.ts';

/** One blob in the index. */
export interface Entry {
  readonly ref: BlobRef;
  readonly have: ChunkSet;
  manifest: Uint8Array<ArrayBuffer> | null;
  output: string | null;
  usedAt: number;
  /** Bytes of the chunks that are here. */
  bytes: number;
}

/**
 * What a cache holds, how much of it is needed, and what makes room: the least recently used blob
 * that is neither pinned nor a kept output. Pure: no clock, no I/O.
 */
export class CacheIndex {
  readonly #entries = new Map<BlobId, Entry>();
  /** How often a blob is pinned, whether it is here (yet) or not. */
  readonly #pins = new Map<BlobId, number>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Bytes that cannot make room. */
  get neededBytes(): number {
    let needed = 0;
    for (const entry of this.#entries.values()) if (this.isNeeded(entry)) needed += entry.bytes;
    return needed;
  }

  get(id: BlobId): Entry | null {
    return this.#entries.get(id) ?? null;
  }

  /** A blob without chunks, or one that was here before. It must not be here already. */
  add({ ref, have, manifest, output, usedAt }: BlobRecord): Entry {
    const set = new ChunkSet(chunkCount(ref.bytes), have);
    let bytes = 0;
    for (let chunk = 0; chunk < set.size; chunk++)
      if (set.has(chunk)) bytes += chunkBytes(ref, chunk);
    const entry: Entry = { ref, have: set, manifest, output, usedAt, bytes };
    this.#entries.set(ref.id, entry);
    this.#bytes += bytes;
    return entry;
  }

  remove(entry: Entry): void {
    if (this.#entries.get(entry.ref.id) !== entry) return;
    this.#entries.delete(entry.ref.id);
    this.#bytes -= entry.bytes;
  }

  pin(id: BlobId): void {
    this.#pins.set(id, (this.#pins.get(id) ?? 0) + 1);
  }

  unpin(id: BlobId): void {
    const left = (this.#pins.get(id) ?? 0) - 1;
    if (left > 0) this.#pins.set(id, left);
    else this.#pins.delete(id);
  }

  /** Whether it may not make room. */
  isNeeded({ ref, output }: Entry): boolean {
    return output !== null || this.#pins.has(ref.id);
  }

  addChunk(entry: Entry, chunk: number): void {
    if (!entry.have.add(chunk)) return;
    entry.bytes += chunkBytes(entry.ref, chunk);
    this.#bytes += chunkBytes(entry.ref, chunk);
  }

  dropChunk(entry: Entry, chunk: number): void {
    if (!entry.have.delete(chunk)) return;
    entry.bytes -= chunkBytes(entry.ref, chunk);
    this.#bytes -= chunkBytes(entry.ref, chunk);
  }

  /**
   * The blobs to remove so that `bytes` more fit a quota, least recently used first. Null where
   * they would not fit even then: nothing is to be removed in vain.
   * @param spare a blob that is about to grow, and so does not make room itself
   */
  victims(bytes: number, quotaBytes: number, spare: Entry | null): Entry[] | null {
    let excess = this.#bytes + bytes - quotaBytes;
    const victims: Entry[] = [];
    if (excess <= 0) return victims;
    for (const entry of this.byUse()) {
      if (this.isNeeded(entry) || entry === spare) continue;
      victims.push(entry);
      excess -= entry.bytes;
      if (excess <= 0) return victims;
    }
    return null;
  }

  /** All that may be removed. */
  idle(): Entry[] {
    return this.byUse().filter((entry) => !this.isNeeded(entry));
  }

  /** Least recently used first; those of one moment in the order of their names. */
  byUse(): Entry[] {
    return [...this.#entries.values()].sort(
      (a, b) => a.usedAt - b.usedAt || (a.ref.id < b.ref.id ? -1 : 1),
    );
  }
}

/** Bytes of one chunk of a blob. */
export function chunkBytes(ref: BlobRef, chunk: number): number {
  const { start, end } = chunkRange(ref.bytes, chunk);
  return end - start;
}

/** An entry as those outside see it: a copy. */
export function toCachedBlob({ ref, have, manifest, output, usedAt }: Entry): CachedBlob {
  return { ref, have: have.bits.slice(), manifest, output, usedAt };
}
