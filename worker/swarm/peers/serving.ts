import { chunkRange } from '../../../shared/blob/chunks.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { Shelf, Shelved } from '../transfers/shelf.ts';
import { MANIFEST_CHUNK } from './peer-frames.ts';

/** What of the blobs here can be given to peers. */
export class Serving {
  readonly #shelf: Shelf;
  readonly #shelved: (blob: BlobId) => Shelved | null;
  readonly #onLost: (blob: BlobId, chunk: number) => void;

  /**
   * @param shelved what is here of a blob that takes part in the exchange
   * @param onLost told of a chunk that turned out not to be here any more
   */
  constructor(
    shelf: Shelf,
    shelved: (blob: BlobId) => Shelved | null,
    onLost: (blob: BlobId, chunk: number) => void,
  ) {
    this.#shelf = shelf;
    this.#shelved = shelved;
    this.#onLost = onLost;
  }

  /** Length of a chunk, or of the manifest; null where it is not here, or no part of the blob. */
  lengthOf(blob: BlobId, chunk: number): number | null {
    const shelved = this.#shelved(blob);
    if (!shelved) return null;
    if (chunk === MANIFEST_CHUNK) return shelved.manifest?.length ?? null;
    if (!shelved.have.has(chunk)) return null;
    const { start, end } = chunkRange(shelved.ref.bytes, chunk);
    return end - start;
  }

  /** The bytes; null where they are not here (any more). */
  async read(blob: BlobId, chunk: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const shelved = this.#shelved(blob);
    if (!shelved) return null;
    if (chunk === MANIFEST_CHUNK) return shelved.manifest;
    const bytes = await this.#shelf.read(shelved, chunk);
    if (!bytes) this.#onLost(blob, chunk);
    return bytes;
  }
}
