import type { BlobRef } from '../../shared/blob/ref.ts';
import { toHex } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import type { BlobId } from '../../shared/job/spec.ts';

/** Bytes of whole blobs held in memory, for jobs that share them and are leased again soon. */
const MAX_HELD_BYTES = 128 * 1024 * 1024;
/** Attempts at one request, and the pause before the second in milliseconds; it doubles. */
const ATTEMPTS = 4;
const RETRY_MS = 500;
/** Time for the first byte of an answer: a coordinator under load, a slow line. */
const ANSWER_MS = 30_000;

/**
 * Blobs of the coordinator, by HTTP. Whole blobs are checked against their name, so it does not
 * matter who serves them; the browser's own HTTP cache keeps them between visits.
 */
export class BlobSource {
  readonly #base: string;
  readonly #held = new Map<BlobId, Uint8Array<ArrayBuffer>>();
  #heldBytes = 0;
  readonly #stopped = new AbortController();

  /** @param base address of the coordinator without a trailing slash */
  constructor(base: string) {
    this.#base = base;
  }

  /**
   * A whole blob. Nobody may change the bytes.
   * @throws ManyhandsError `DOWNLOAD_FAILED`, `BLOB_MISMATCH`
   */
  async whole(id: BlobId): Promise<Uint8Array<ArrayBuffer>> {
    const held = this.#held.get(id);
    if (held) return held;
    const bytes = await this.#request(id, {});
    const hash = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
    if (hash !== id)
      throw new ManyhandsError(
        'BLOB_MISMATCH',
        'A downloaded file is not the one that was asked for. It was damaged or exchanged on its way.',
        { blob: id },
      );
    this.#hold(id, bytes);
    return bytes;
  }

  /**
   * Bytes `start .. end - 1` of a blob. A part cannot be checked against the blob's name: replicas
   * that were given other bytes disagree, and that is where it shows.
   * @throws ManyhandsError `DOWNLOAD_FAILED`
   */
  async part(id: BlobId, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const held = this.#held.get(id);
    if (held) return held.slice(start, end);
    const bytes = await this.#request(id, { Range: `bytes=${start}-${end - 1}` });
    if (bytes.length !== end - start) throw failed(`${bytes.length} bytes for ${end - start}`);
    return bytes;
  }

  /** An output of an earlier stage, where the coordinator has it. Errors as `whole`. */
  referred(_job: string, { id }: BlobRef): Promise<Uint8Array<ArrayBuffer>> {
    return this.whole(id);
  }

  /** Here is nowhere to keep it. @throws ManyhandsError `OUTPUT_NOT_KEPT` */
  async keepOutput(_job: string, _bytes: Uint8Array<ArrayBuffer>): Promise<BlobRef> {
    throw new ManyhandsError('OUTPUT_NOT_KEPT', 'This node has no store for large outputs.');
  }

  /** Ends all requests and forgets everything. */
  stop(): void {
    this.#stopped.abort();
    this.#held.clear();
    this.#heldBytes = 0;
  }

  async #request(id: BlobId, headers: Record<string, string>): Promise<Uint8Array<ArrayBuffer>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(id, headers);
      } catch (error) {
        const final = error instanceof ManyhandsError && error.facts.final === true;
        if (final || attempt === ATTEMPTS || this.#stopped.signal.aborted)
          throw error instanceof ManyhandsError ? error : failed((error as Error).message);
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS * 2 ** (attempt - 1)));
    }
  }

  async #once(id: BlobId, headers: Record<string, string>): Promise<Uint8Array<ArrayBuffer>> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), ANSWER_MS);
    try {
      const response = await fetch(`${this.#base}/v1/blobs/${id}`, {
        headers,
        credentials: 'omit',
        signal: AbortSignal.any([late.signal, this.#stopped.signal]),
      });
      clearTimeout(timer);
      // A server that is only busy says 429 or 5xx; the others mean what they say.
      const final = response.status >= 400 && response.status < 500 && response.status !== 429;
      if (!response.ok) throw failed(`status ${response.status}`, final);
      if ('Range' in headers && response.status !== 206) throw failed('no ranges', true);
      return new Uint8Array(await response.arrayBuffer());
    } finally {
      clearTimeout(timer);
    }
  }

  #hold(id: BlobId, bytes: Uint8Array<ArrayBuffer>): void {
    this.#held.set(id, bytes);
    this.#heldBytes += bytes.length;
    for (const [oldest, { length }] of this.#held) {
      if (this.#heldBytes <= MAX_HELD_BYTES) break;
      this.#held.delete(oldest);
      this.#heldBytes -= length;
    }
  }
}

function failed(problem: string, final = false): ManyhandsError {
  return new ManyhandsError(
    'DOWNLOAD_FAILED',
    'A file of the job could not be downloaded from the coordinator. It is tried again later.',
    { problem, final },
  );
}
