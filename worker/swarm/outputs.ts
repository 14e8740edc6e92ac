import { chunkCount, chunkRange } from '../../shared/blob/chunks.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import { toHex } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import type { BlobId } from '../../shared/job/spec.ts';
import type { SwarmCoordinatorFrame, SwarmNodeFrame } from '../../shared/protocol/frames.ts';
import type { BlobCache } from './cache/blob-cache.ts';
import { DEPOSIT_ATTEMPTS, DEPOSIT_RETRY_MS, PARTING_MS } from './limits.ts';
import type { TrafficCount } from './traffic.ts';
import { identify } from './transfers/digest.ts';

type Deposit = Extract<SwarmCoordinatorFrame, { type: 'deposit' }>;

export interface OutputsOptions {
  /** Address of the coordinator without a trailing slash. */
  base: string;
  fetch: typeof fetch;
  cache: BlobCache;
  traffic: TrafficCount;
  send: (frame: SwarmNodeFrame) => boolean;
  /** Resolves when this node may upload. */
  mayUpload: () => Promise<void>;
}

/**
 * Results that were computed here and that nobody else may have: kept until the coordinator
 * releases them, over reloads, and handed to it when it asks or before this node parts.
 */
export class Outputs {
  readonly #options: OutputsOptions;
  readonly #kept = new Map<BlobId, { job: string; ref: BlobRef }>();
  readonly #stopped = new AbortController();
  /** Uploads, one after the other: a home line is no faster with two. */
  #uploads: Promise<void> = Promise.resolve();
  #parting: (() => void) | null = null;

  constructor(options: OutputsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#kept.size;
  }

  has(blob: BlobId): boolean {
    return this.#kept.has(blob);
  }

  /** An output that an earlier visit kept. */
  restore(job: string, ref: BlobRef): void {
    this.#kept.set(ref.id, { job, ref });
  }

  /**
   * Writes an output down.
   * @throws ManyhandsError `OUTPUT_NOT_KEPT` where there is no room for it
   */
  async keep(
    job: string,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<{ ref: BlobRef; manifest: Uint8Array<ArrayBuffer> | null }> {
    const { cache } = this.#options;
    const described = await identify(bytes);
    const { ref, manifest } = described;
    if (this.#kept.has(ref.id)) return described;
    try {
      await cache.open(ref);
      // Before its chunks, or they might make room for each other.
      await cache.keepOutput(ref.id, job);
      if (manifest) await cache.setManifest(ref.id, manifest);
      for (let chunk = 0; chunk < chunkCount(ref.bytes); chunk++) {
        const { start, end } = chunkRange(ref.bytes, chunk);
        if (!(await cache.write(ref.id, chunk, bytes.subarray(start, end))))
          throw noRoom(ref.bytes);
      }
    } catch (error) {
      await cache.remove(ref.id).catch(() => {});
      throw error instanceof ManyhandsError ? error : noRoom(ref.bytes);
    }
    this.#kept.set(ref.id, { job, ref });
    return described;
  }

  /** Those of these that are kept here: verdicts refer to them, so that peers may have them. */
  decided(blobs: readonly BlobId[]): { job: string; ref: BlobRef }[] {
    return blobs.flatMap((blob) => this.#kept.get(blob) ?? []);
  }

  /** Nobody needs them from here any more. Returns those that were kept. */
  release(blobs: readonly BlobId[]): BlobId[] {
    const released = blobs.filter((blob) => this.#kept.delete(blob));
    for (const blob of released) this.#options.cache.keepOutput(blob, null).catch(() => {});
    return released;
  }

  deposit({ blobs, last }: Deposit): void {
    for (const { blob, ticket } of blobs)
      this.#uploads = this.#uploads.then(() => this.#upload(blob, ticket));
    if (last) void this.#uploads.then(() => this.#parting?.());
  }

  /** Asks the coordinator what it needs of this node and hands that over; in bounded time. */
  async part(): Promise<void> {
    if (this.#kept.size === 0 || !this.#options.send({ type: 'parting' })) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PARTING_MS);
      this.#parting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#parting = null;
  }

  stop(): void {
    this.#stopped.abort();
    this.#parting?.();
  }

  async #upload(blob: BlobId, ticket: Uint8Array): Promise<void> {
    const kept = this.#kept.get(blob);
    const bytes = kept && (await this.#read(kept.ref));
    if (!bytes) return;
    for (let attempt = 1; attempt <= DEPOSIT_ATTEMPTS; attempt++) {
      await this.#options.mayUpload();
      if (this.#stopped.signal.aborted || !this.#kept.has(blob)) return;
      if (await this.#put(blob, ticket, bytes)) return;
      await new Promise((resolve) => setTimeout(resolve, DEPOSIT_RETRY_MS * 2 ** (attempt - 1)));
    }
  }

  /** Whether there is nothing more to do: it is there, or it will never be taken. */
  async #put(blob: BlobId, ticket: Uint8Array, body: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const { base, traffic } = this.#options;
    try {
      const response = await this.#options.fetch(
        `${base}/v1/deposits/${blob}?ticket=${toHex(ticket)}`,
        { method: 'PUT', body, credentials: 'omit', signal: this.#stopped.signal },
      );
      traffic.add('toCoordinator', body.length);
      await response.arrayBuffer();
      return (
        response.ok || (response.status >= 400 && response.status < 500 && response.status !== 429)
      );
    } catch {
      return false;
    }
  }

  async #read(ref: BlobRef): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = new Uint8Array(ref.bytes);
    for (let chunk = 0; chunk < chunkCount(ref.bytes); chunk++) {
      const part = await this.#options.cache.read(ref.id, chunk).catch(() => null);
      if (!part) return null;
      bytes.set(part, chunkRange(ref.bytes, chunk).start);
    }
    return bytes;
  }
}

function noRoom(bytes: number): ManyhandsError {
  return new ManyhandsError(
    'OUTPUT_NOT_KEPT',
    'There is no room for this result. Give the cache more, or empty it.',
    { bytes },
  );
}
