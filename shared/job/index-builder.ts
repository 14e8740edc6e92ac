import { ManyhandsError } from '../errors.ts';
import { MAX_CHUNKS, MAX_SHARD_BYTES } from './limits.ts';
import { encodeIndex, MAX_LINE_ENTRIES } from './slice-index.ts';
import type { Inputs } from './spec.ts';

/** Inputs whose shards are parts of one file. */
export type SlicedInputs = Extract<Inputs, { kind: 'lines' | 'chunks' }>;

const NEWLINE = 0x0a;

/**
 * Builds the index of a file from its bytes in order, in pieces of any size. Memory is bounded by
 * the index, whatever the file.
 */
export interface IndexBuilder {
  /** @throws ManyhandsError SHARD_TOO_LARGE, TOO_MANY_CHUNKS. */
  push(piece: Uint8Array): void;
  /**
   * The index blob, after the last piece.
   * @throws ManyhandsError INPUT_EMPTY, SHARD_TOO_LARGE, TOO_MANY_CHUNKS.
   */
  finish(): Uint8Array<ArrayBuffer>;
}

/** A builder for the file of these inputs. */
export function indexBuilder(inputs: SlicedInputs): IndexBuilder {
  return inputs.kind === 'lines'
    ? new LineIndexBuilder(inputs.perShard)
    : new ChunkIndexBuilder(inputs.bytes);
}

/** A shard begins at each `perShard`-th line; a line ends behind its \n or at the end of the file. */
class LineIndexBuilder implements IndexBuilder {
  readonly #perShard: number;
  #at = 0;
  #shardStart = 0;
  #linesOfShard = 0;
  #shards = 0;
  #stride = 1;
  #offsets: number[] = [];

  constructor(perShard: number) {
    this.#perShard = perShard;
  }

  push(piece: Uint8Array) {
    const base = this.#at;
    let from = 0;
    while (from < piece.length) {
      if (base + from === this.#shardStart) this.#begin();
      const newline = piece.indexOf(NEWLINE, from);
      from = newline < 0 ? piece.length : newline + 1;
      if (base + from - this.#shardStart > MAX_SHARD_BYTES) throw tooLarge(this.#shards - 1);
      if (newline < 0) break;
      this.#linesOfShard++;
      if (this.#linesOfShard === this.#perShard) {
        this.#linesOfShard = 0;
        this.#shardStart = base + from;
      }
    }
    this.#at = base + piece.length;
  }

  finish() {
    if (this.#at === 0) throw empty();
    return encodeIndex({
      kind: 'lines',
      shards: this.#shards,
      stride: this.#stride,
      fileBytes: this.#at,
      offsets: Float64Array.from(this.#offsets),
    });
  }

  /** Notes the beginning of one more shard; twice the stride where the index is full. */
  #begin() {
    if (this.#shards % this.#stride === 0) {
      if (this.#offsets.length === MAX_LINE_ENTRIES) {
        this.#offsets = this.#offsets.filter((_, k) => k % 2 === 0);
        this.#stride *= 2;
      }
      // The entry that filled the index up may be one that the new stride leaves out.
      if (this.#shards % this.#stride === 0) this.#offsets.push(this.#shardStart);
    }
    this.#shards++;
  }
}

/**
 * A chunk is cut behind the last line end within its most bytes, in mid-line where there is none,
 * and at the end of the file.
 */
class ChunkIndexBuilder implements IndexBuilder {
  readonly #most: number;
  #at = 0;
  #start = 0;
  /** Behind the last line end of this chunk; its start where there was none yet. */
  #cut = 0;
  #offsets: number[] = [0];

  constructor(most: number) {
    this.#most = most;
  }

  push(piece: Uint8Array) {
    const base = this.#at;
    const end = base + piece.length;
    let at = base;
    while (at < end) {
      // A full chunk is cut only when another byte follows: at the end of the file it is whole.
      if (at - this.#start === this.#most) this.#close();
      const stop = Math.min(end, this.#start + this.#most);
      const newline = piece.subarray(at - base, stop - base).lastIndexOf(NEWLINE);
      if (newline >= 0) this.#cut = at + newline + 1;
      at = stop;
    }
    this.#at = end;
  }

  finish() {
    if (this.#at === 0) throw empty();
    return encodeIndex({
      kind: 'chunks',
      shards: this.#offsets.length,
      stride: 1,
      fileBytes: this.#at,
      offsets: Float64Array.from(this.#offsets),
    });
  }

  #close() {
    const next = this.#cut > this.#start ? this.#cut : this.#start + this.#most;
    if (this.#offsets.length === MAX_CHUNKS) {
      throw new ManyhandsError(
        'TOO_MANY_CHUNKS',
        `The file has more than ${MAX_CHUNKS} chunks of this size. Use larger chunks.`,
        { limit: MAX_CHUNKS },
      );
    }
    this.#offsets.push(next);
    this.#start = next;
    this.#cut = next;
  }
}

function tooLarge(shard: number) {
  return new ManyhandsError(
    'SHARD_TOO_LARGE',
    `The lines of shard ${shard} are longer than ${MAX_SHARD_BYTES} bytes. Is it a text file? Use chunks instead.`,
    { shard, limit: MAX_SHARD_BYTES },
  );
}

function empty() {
  return new ManyhandsError('INPUT_EMPTY', 'The input file is empty: there is nothing to run.');
}
