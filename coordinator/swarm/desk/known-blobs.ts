import type { BlobId } from '../../../shared/job/spec.ts';
import { MAX_KNOWN_BLOBS, MISSING_BLOB_MS } from '../limits.ts';

/** Lengths of the coordinator's blobs, remembered: a crowd asks for the same ones again and again. */
export class KnownBlobs {
  readonly #lookUp: (id: BlobId) => Promise<number | null>;
  readonly #known = new Map<BlobId, { bytes: number | null; at: number }>();

  constructor(lookUp: (id: BlobId) => Promise<number | null>) {
    this.#lookUp = lookUp;
  }

  /** Length in bytes, null where there is no such blob; undefined where it must be looked up. */
  remembered(id: BlobId, now: number): number | null | undefined {
    const known = this.#known.get(id);
    if (!known || (known.bytes === null && now - known.at > MISSING_BLOB_MS)) return undefined;
    return known.bytes;
  }

  async bytes(id: BlobId, now: number): Promise<number | null> {
    const bytes = await this.#lookUp(id);
    if (this.#known.size >= MAX_KNOWN_BLOBS) this.#known.clear();
    this.#known.set(id, { bytes, at: now });
    return bytes;
  }
}
