/**
 * The finished blocks of a job. They are finished nearly in order, so all below a watermark are, and
 * only those beyond it are held one by one.
 */
export class FinishedBlocks {
  /** All blocks before this one are finished. */
  #below = 0;
  readonly #beyond = new Set<number>();

  constructor(blocks: Iterable<number>) {
    for (const block of blocks) this.#beyond.add(block);
    this.#advance();
  }

  get size(): number {
    return this.#below + this.#beyond.size;
  }

  has(block: number): boolean {
    return block < this.#below || this.#beyond.has(block);
  }

  add(block: number): void {
    if (block >= this.#below) this.#beyond.add(block);
    this.#advance();
  }

  /** Costs as much as there are blocks between this one and the watermark. */
  delete(block: number): void {
    this.#beyond.delete(block);
    while (this.#below > block) {
      this.#below--;
      if (this.#below !== block) this.#beyond.add(this.#below);
    }
  }

  /** All finished blocks, ascending up to the watermark, then in any order. */
  *[Symbol.iterator](): Generator<number> {
    for (let block = 0; block < this.#below; block++) yield block;
    yield* this.#beyond;
  }

  #advance(): void {
    while (this.#beyond.delete(this.#below)) this.#below++;
  }
}
