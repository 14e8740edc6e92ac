import { readSeal, SEAL_BYTES, SEALED_CHUNK_BYTES } from './sealed-chunk.ts';

/** Room for bytes at offsets: what a browser's sync access handle and a file of Node have in common. */
export interface RandomAccess {
  size(): number;
  /** @returns bytes read; fewer at the end */
  read(into: Uint8Array<ArrayBuffer>, at: number): number;
  write(bytes: Uint8Array<ArrayBuffer>, at: number): void;
  /** Makes it last. */
  flush(): void;
  close(): void;
}

/**
 * The chunks of one blob in one file, in the order in which they came: a node that needs a hundredth
 * of a large file takes a hundredth of its room. Which chunk lies where is read from their seals.
 */
export class ChunkFile {
  readonly #file: RandomAccess;
  /** Place of each chunk. */
  readonly #places = new Map<number, number>();
  #end = 0;

  constructor(file: RandomAccess) {
    this.#file = file;
    const header = new Uint8Array(SEAL_BYTES);
    for (const size = file.size(); this.#end * SEALED_CHUNK_BYTES < size; this.#end++) {
      if (file.read(header, this.#end * SEALED_CHUNK_BYTES) < SEAL_BYTES) continue;
      const seal = readSeal(header);
      if (seal) this.#places.set(seal.chunk, this.#end);
    }
  }

  /** @throws whatever the file does where there is no room; then the chunk is not here */
  write(chunk: number, sealed: Uint8Array<ArrayBuffer>): void {
    const known = this.#places.get(chunk);
    const place = known ?? this.#end;
    this.#file.write(sealed, place * SEALED_CHUNK_BYTES);
    this.#places.set(chunk, place);
    if (known === undefined) this.#end++;
  }

  /** As it lies there; null where it does not. */
  read(chunk: number): Uint8Array<ArrayBuffer> | null {
    const place = this.#places.get(chunk);
    if (place === undefined) return null;
    const sealed = new Uint8Array(SEALED_CHUNK_BYTES);
    return sealed.subarray(0, this.#file.read(sealed, place * SEALED_CHUNK_BYTES));
  }

  flush(): void {
    this.#file.flush();
  }

  close(): void {
    this.#file.close();
  }
}
