import type { BlobId } from '../../../shared/job/spec.ts';
import { ChunkFile, type RandomAccess } from './chunk-file.ts';
import { MAX_OPEN_FILES } from './limits.ts';

/** A few open chunk files; the one that was not used for longest closes for the next. */
export class OpenFiles {
  readonly #open: (id: BlobId, create: boolean) => Promise<RandomAccess | null>;
  /** In the order of their use. */
  readonly #files = new Map<BlobId, ChunkFile>();

  /** @param open null where the file is not there and is not to be made */
  constructor(open: (id: BlobId, create: boolean) => Promise<RandomAccess | null>) {
    this.#open = open;
  }

  async use(id: BlobId, create: boolean): Promise<ChunkFile | null> {
    const known = this.#files.get(id);
    if (known) {
      this.#files.delete(id);
      this.#files.set(id, known);
      return known;
    }
    for (const oldest of this.#files.keys()) {
      if (this.#files.size < MAX_OPEN_FILES) break;
      this.close(oldest);
    }
    const opened = await this.#open(id, create);
    if (!opened) return null;
    const file = new ChunkFile(opened);
    this.#files.set(id, file);
    return file;
  }

  /** Makes last what was written to a file, if it is open: a closed one was flushed. */
  flush(id: BlobId): void {
    this.#files.get(id)?.flush();
  }

  close(id: BlobId): void {
    const file = this.#files.get(id);
    if (!file) return;
    this.#files.delete(id);
    try {
      file.flush();
    } finally {
      file.close();
    }
  }

  closeAll(): void {
    for (const id of [...this.#files.keys()]) this.close(id);
  }
}
