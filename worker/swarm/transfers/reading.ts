import type { BlobRef } from '../../../shared/blob/ref.ts';
import { toHex } from '../../../shared/bytes.ts';
import { ManyhandsError } from '../../../shared/errors.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { SwarmParts } from '../swarm-parts.ts';
import { digestOf } from './digest.ts';
import { HeldBlobs } from './held-blobs.ts';
import { allChunks, chunksOf } from './transfers.ts';

type Sources = Pick<SwarmParts, 'catalogue' | 'transfers' | 'shelf' | 'http'>;

/** Bytes of blobs for the engine: large ones out of the exchange, others out of the cache or by HTTP. */
export class Reading {
  readonly #from: Sources;
  readonly #held = new HeldBlobs();

  constructor(sources: Sources) {
    this.#from = sources;
  }

  whole(id: BlobId): Promise<Uint8Array<ArrayBuffer>> {
    return this.#held.get(id, async () => {
      const ref = this.#from.catalogue.ref(id);
      const job = this.#from.catalogue.jobOf(id);
      if (ref && job)
        return checked(id, await this.#from.transfers.fetch(job, ref, allChunks(ref)));
      // A small blob comes by HTTP, or out of the browser's own cache, before this one is open.
      const kept = this.#from.shelf.isListed ? await this.#from.shelf.readKept(id) : null;
      if (kept && (await nameOf(kept)) === id) return kept;
      const bytes = await checked(id, await this.#from.http.read(id));
      // Whoever waits for it does not wait for the disk.
      void this.#from.shelf.keep(bytes).catch(() => {});
      return bytes;
    });
  }

  async part(id: BlobId, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const held = this.#held.peek(id);
    if (held) return held.slice(start, end);
    const ref = this.#from.catalogue.ref(id);
    const job = this.#from.catalogue.jobOf(id);
    if (!ref || !job) return this.#from.http.read(id, { start, end });
    const range = chunksOf(start, end);
    const bytes = await this.#from.transfers.fetch(job, ref, range);
    return bytes.slice(range.offset, range.offset + end - start);
  }

  async referred(job: string, ref: BlobRef): Promise<Uint8Array<ArrayBuffer>> {
    this.#from.catalogue.addBlob(job, ref);
    return this.#held.get(ref.id, async () =>
      checked(ref.id, await this.#from.transfers.fetch(job, ref, allChunks(ref))),
    );
  }

  /** Lets go of all that is in memory. */
  clear(): void {
    this.#held.clear();
  }
}

async function nameOf(bytes: Uint8Array<ArrayBuffer>): Promise<BlobId> {
  return toHex(await digestOf(bytes));
}

/** @throws ManyhandsError `BLOB_MISMATCH` */
async function checked(
  id: BlobId,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  if ((await nameOf(bytes)) === id) return bytes;
  throw new ManyhandsError(
    'BLOB_MISMATCH',
    'A downloaded file is not the one that was asked for. It was damaged or exchanged on its way.',
    { blob: id },
  );
}
