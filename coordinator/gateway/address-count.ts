/** Connections of each address, up to so many at the same time. */
export class AddressCount {
  readonly #counts = new Map<string, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether the address may have one more. */
  hasRoom(address: string): boolean {
    return (this.#counts.get(address) ?? 0) < this.#most;
  }

  /** Counts one more. Returns what to call when it has ended. */
  add(address: string): () => void {
    this.#change(address, 1);
    return () => this.#change(address, -1);
  }

  #change(address: string, by: 1 | -1): void {
    const count = (this.#counts.get(address) ?? 0) + by;
    if (count === 0) this.#counts.delete(address);
    else this.#counts.set(address, count);
  }
}
