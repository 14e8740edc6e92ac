import { concat } from '../../shared/bytes.ts';

/** Unit of reading: small shards share a request, and the next batches find their bytes here. */
const PIECE_BYTES = 1024 * 1024;
/** Pieces held: what a few threads read at different places of one file. */
const MAX_PIECES = 32;

type ReadRange = (start: number, end: number) => Promise<Uint8Array<ArrayBuffer>>;

/** Reads parts of a large file piece by piece and remembers the last pieces. */
export class RangeReader {
  readonly #bytes: number;
  readonly #readRange: ReadRange;
  readonly #pieces = new Map<number, Promise<Uint8Array<ArrayBuffer>>>();

  /**
   * @param bytes length of the file
   * @param readRange fetches bytes `start .. end - 1`
   */
  constructor(bytes: number, readRange: ReadRange) {
    this.#bytes = bytes;
    this.#readRange = readRange;
  }

  /** Bytes `start .. end - 1`. Rejects as `readRange` does; the next read tries again. */
  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const first = Math.floor(start / PIECE_BYTES);
    const last = Math.floor((end - 1) / PIECE_BYTES);
    // More than can be remembered is fetched as it is.
    if (last - first >= MAX_PIECES) return this.#readRange(start, end);
    const pieces: Promise<Uint8Array<ArrayBuffer>>[] = [];
    for (let piece = first; piece <= last; piece++) pieces.push(this.#piece(piece));
    const whole = concat(await Promise.all(pieces));
    return whole.subarray(start - first * PIECE_BYTES, end - first * PIECE_BYTES);
  }

  #piece(piece: number): Promise<Uint8Array<ArrayBuffer>> {
    const start = piece * PIECE_BYTES;
    const held =
      this.#pieces.get(piece) ??
      this.#readRange(start, Math.min(this.#bytes, start + PIECE_BYTES)).catch((error) => {
        this.#pieces.delete(piece);
        throw error;
      });
    // Behind the others, so that those not read for longest go first.
    this.#pieces.delete(piece);
    this.#pieces.set(piece, held);
    for (const oldest of this.#pieces.keys()) {
      if (this.#pieces.size <= MAX_PIECES) break;
      this.#pieces.delete(oldest);
    }
    return held;
  }
}
