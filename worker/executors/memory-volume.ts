/** Files and directories of one run at most; more would only hide memory from its limit. */
const MAX_ENTRIES = 4096;

import type { MemoryFile } from './memory-file.ts';

/** What the in-memory file system of one run may still take, and who hears of finished files. */
export class MemoryVolume {
  /** Called with each file that was written and closed, and with each finished one that is renamed. */
  onComplete: (file: MemoryFile) => void = () => {};
  #bytes: number;
  #entries = MAX_ENTRIES;
  #lastInode = 1n;

  /** @param bytes of all files together */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** @returns whether there was room */
  take(bytes: number): boolean {
    if (bytes > this.#bytes) return false;
    this.#bytes -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#bytes += bytes;
  }

  /** @returns whether there was room */
  takeEntry(): boolean {
    if (this.#entries === 0) return false;
    this.#entries--;
    return true;
  }

  giveBackEntry(): void {
    this.#entries++;
  }

  /** Numbered within the run: the shim's own numbers would tell how many shards ran before. */
  nextInode(): bigint {
    return ++this.#lastInode;
  }
}
