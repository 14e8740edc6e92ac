import { CHUNK_BYTES, chunkRange } from '../../../shared/blob/chunks.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import type { ChunkRange } from '../core/events.ts';

/** Somebody who waits for consecutive chunks of a blob: they are put together as they come. */
export class Waiter {
  readonly #ref: BlobRef;
  readonly #first: number;
  readonly #target: Uint8Array<ArrayBuffer>;
  readonly #missing: Set<number>;
  readonly #done = Promise.withResolvers<Uint8Array<ArrayBuffer>>();

  constructor(ref: BlobRef, { first, count }: ChunkRange) {
    this.#ref = ref;
    this.#first = first;
    const { end } = chunkRange(ref.bytes, first + count - 1);
    this.#target = new Uint8Array(end - first * CHUNK_BYTES);
    this.#missing = new Set(Array.from({ length: count }, (_, k) => first + k));
    this.#done.promise.catch(() => {});
  }

  /** All bytes of the chunks, one after the other. */
  get done(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#done.promise;
  }

  /** Bytes that are to come, and those of them that are here. */
  get progress(): { bytes: number; hereBytes: number } {
    const bytes = this.#target.length;
    return { bytes, hereBytes: Math.max(0, bytes - this.#missing.size * CHUNK_BYTES) };
  }

  /** What is missing, as ranges in ascending order. */
  missing(): ChunkRange[] {
    const ranges: ChunkRange[] = [];
    for (const chunk of [...this.#missing].sort((a, b) => a - b)) {
      const last = ranges.at(-1);
      if (last && last.first + last.count === chunk) last.count++;
      else ranges.push({ first: chunk, count: 1 });
    }
    return ranges;
  }

  /** A verified chunk is here. */
  take(chunk: number, bytes: Uint8Array): void {
    if (!this.#missing.delete(chunk)) return;
    this.#target.set(bytes, chunkRange(this.#ref.bytes, chunk).start - this.#first * CHUNK_BYTES);
    if (this.#missing.size === 0) this.#done.resolve(this.#target);
  }

  fail(error: Error): void {
    this.#missing.clear();
    this.#done.reject(error);
  }
}
