/** A set of chunk numbers `0 .. size - 1`: one bit each, the lowest bit of the first byte first. */
export class ChunkSet {
  readonly size: number;
  readonly bits: Uint8Array<ArrayBuffer>;
  #count = 0;

  /** @param bits of another set; copied, and bits beyond `size` are dropped */
  constructor(size: number, bits?: Uint8Array) {
    this.size = size;
    this.bits = new Uint8Array(Math.ceil(size / 8));
    if (!bits) return;
    this.bits.set(bits.subarray(0, this.bits.length));
    if (size % 8 !== 0) this.bits[this.bits.length - 1] &= (1 << (size % 8)) - 1;
    for (let byte of this.bits) for (; byte !== 0; byte &= byte - 1) this.#count++;
  }

  /** A set of all chunks. */
  static full(size: number): ChunkSet {
    return new ChunkSet(size, new Uint8Array(Math.ceil(size / 8)).fill(0xff));
  }

  /** Chunks in the set. */
  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === this.size;
  }

  has(chunk: number): boolean {
    return ((this.bits[chunk >> 3] >> (chunk & 7)) & 1) === 1;
  }

  /** Whether it was not in the set before. */
  add(chunk: number): boolean {
    if (chunk < 0 || chunk >= this.size || this.has(chunk)) return false;
    this.bits[chunk >> 3] |= 1 << (chunk & 7);
    this.#count++;
    return true;
  }

  /** Whether it was in the set before. */
  delete(chunk: number): boolean {
    if (chunk < 0 || chunk >= this.size || !this.has(chunk)) return false;
    this.bits[chunk >> 3] &= ~(1 << (chunk & 7));
    this.#count--;
    return true;
  }
}
