import type { Entry } from './cache-index.ts';
import type { BlobRecord, ChunkStore } from './chunk-store.ts';
import { RECORD_AFTER_MS, RECORD_EVERY_CHUNKS } from './limits.ts';

/**
 * Writes down what is known of blobs: not after every chunk, and always after the chunks of which
 * a record speaks. A record that is lost costs a download.
 */
export class RecordKeeper {
  readonly #store: ChunkStore;
  readonly #inTurn: (task: () => Promise<void>) => void;
  /** Changes of each blob since its record was written. */
  readonly #changes = new Map<Entry, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param inTurn runs a task when the cache's other calls are through */
  constructor(store: ChunkStore, inTurn: (task: () => Promise<void>) => void) {
    this.#store = store;
    this.#inTurn = inTurn;
  }

  /** @param soon whether somebody would miss it after a crash */
  changed(entry: Entry, soon: boolean): void {
    const changes = (this.#changes.get(entry) ?? 0) + 1;
    this.#changes.set(entry, changes);
    if (soon || changes >= RECORD_EVERY_CHUNKS) this.#inTurn(() => this.#writeChanged(entry));
    else this.#timer ??= setTimeout(() => this.#inTurn(() => this.#writeAll()), RECORD_AFTER_MS);
  }

  forget(entry: Entry): void {
    this.#changes.delete(entry);
  }

  async write(entry: Entry): Promise<void> {
    this.#changes.delete(entry);
    try {
      await this.#store.putRecord(toRecord(entry));
    } catch {
      // No room, or no storage any more: a crash forgets what is new.
    }
  }

  async close(): Promise<void> {
    await this.#writeAll();
    clearTimeout(this.#timer);
  }

  async #writeAll(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const entry of [...this.#changes.keys()]) await this.write(entry);
  }

  async #writeChanged(entry: Entry): Promise<void> {
    if (this.#changes.has(entry)) await this.write(entry);
  }
}

function toRecord({ ref, have, manifest, output, usedAt }: Entry): BlobRecord {
  return { ref, have: have.bits.slice(), manifest, output, usedAt };
}
