import { OutOfMemory } from './allocate.ts';

/**
 * Memories up to this size are cleared and given to the next shard: a megabyte takes 10 us, and a new
 * memory 50 to 90. Beyond it, clearing takes longer.
 */
const REUSED_BYTES = 4 * 1024 * 1024;
const PAGE_BYTES = 65_536;

/** Gives each shard a memory full of zeros, the same one again where that is quicker. */
export class MemoryPool {
  readonly maximumBytes: number;
  readonly #descriptor: WebAssembly.MemoryDescriptor;
  #spare: WebAssembly.Memory | null = null;

  constructor(descriptor: { initial: number; maximum: number }) {
    this.#descriptor = descriptor;
    this.maximumBytes = descriptor.maximum * PAGE_BYTES;
  }

  /** @throws OutOfMemory */
  take(): WebAssembly.Memory {
    const spare = this.#spare;
    this.#spare = null;
    if (spare) return spare;
    try {
      return new WebAssembly.Memory(this.#descriptor);
    } catch {
      throw new OutOfMemory();
    }
  }

  /** Nobody may use the memory any more. One that has grown stays large, so it is not kept. */
  giveBack(memory: WebAssembly.Memory): void {
    const { byteLength } = memory.buffer;
    if (byteLength !== this.#descriptor.initial * PAGE_BYTES || byteLength > REUSED_BYTES) return;
    new Uint8Array(memory.buffer).fill(0);
    this.#spare = memory;
  }
}
