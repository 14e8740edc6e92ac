import { CHUNK_BYTES, chunkCount } from '../../../shared/blob/chunks.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { ManyhandsError } from '../../../shared/errors.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { ChunkRange, ExchangeEvent } from '../core/events.ts';
import { MANIFEST_CHUNK } from '../peers/peer-frames.ts';
import type { Catalogue } from './catalogue.ts';
import { failed, type HttpSource } from './http-source.ts';
import type { Shelf, Shelved } from './shelf.ts';
import { Waiter } from './waiting.ts';

/** A blob that takes part in the exchange. */
interface Transfer {
  readonly shelved: Shelved;
  /** The job under which it is sought. */
  job: string;
  readonly waiters: Set<Waiter>;
  /** Downloads that are going on. */
  downloads: AbortController;
  unpin: (() => void) | null;
}

export interface TransfersOptions {
  now: () => number;
  shelf: Shelf;
  catalogue: Catalogue;
  http: HttpSource;
  /** Throws where nothing may be downloaded now. */
  gate: () => void;
  dispatch: (event: ExchangeEvent) => void;
  /** Something more of a blob is here, or it is here at all. */
  onHere: (blob: BlobId) => void;
}

/** The blobs in the exchange: what of them is here, who waits for them, and what comes in for them. */
export class Transfers {
  readonly #options: TransfersOptions;
  readonly #transfers = new Map<BlobId, Transfer>();
  readonly #joining = new Map<BlobId, Promise<Transfer>>();
  #quiet = false;
  #stopped: ManyhandsError | null = null;

  constructor(options: TransfersOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#transfers.size;
  }

  /** What is here of a blob that takes part. */
  shelved(blob: BlobId): Shelved | null {
    return this.#transfers.get(blob)?.shelved ?? null;
  }

  /** Blobs that somebody waits for, the oldest first. */
  view(): { blob: BlobId; job: string; bytes: number; hereBytes: number }[] {
    return [...this.#transfers.values()]
      .filter(({ waiters }) => waiters.size > 0)
      .map(({ shelved, job, waiters }) => {
        let bytes = 0;
        let hereBytes = 0;
        for (const { progress } of waiters) {
          bytes += progress.bytes;
          hereBytes += progress.hereBytes;
        }
        return { blob: shelved.ref.id, job, bytes, hereBytes };
      });
  }

  /** The blob takes part: what is here of it is served. */
  async join(job: string, ref: BlobRef): Promise<void> {
    await this.#join(job, ref);
  }

  /** All of a blob has been written to the cache otherwise. */
  completed(blob: BlobId): void {
    const transfer = this.#transfers.get(blob);
    if (!transfer) return;
    const chunks: number[] = [];
    for (let chunk = 0; chunk < transfer.shelved.have.size; chunk++)
      if (transfer.shelved.have.add(chunk)) chunks.push(chunk);
    if (chunks.length > 0) this.#options.dispatch({ type: 'stored', blob, chunks });
  }

  /**
   * Bytes of consecutive chunks, from wherever they come. A shard waits for them.
   * @throws ManyhandsError `DOWNLOAD_FAILED`, `DATA_CAP`
   */
  async fetch(job: string, ref: BlobRef, range: ChunkRange): Promise<Uint8Array<ArrayBuffer>> {
    if (ref.bytes === 0) return new Uint8Array(0);
    const transfer = await this.#join(job, ref);
    if (this.#stopped) throw this.#stopped;
    transfer.unpin ??= this.#options.shelf.pin(ref.id);
    const waiter = new Waiter(ref, range);
    transfer.waiters.add(waiter);
    try {
      await this.#takeFromShelf(transfer, waiter, range);
      if (waiter.missing().length > 0) this.#options.gate();
      if (!this.#quiet) this.#want(transfer, waiter);
      return await waiter.done;
    } finally {
      transfer.waiters.delete(waiter);
      if (transfer.waiters.size === 0) this.#calm(transfer);
      this.#options.shelf.touch(ref.id);
    }
  }

  /** Nothing is fetched until it is quiet no longer; whoever waits goes on waiting. */
  setQuiet(quiet: boolean): void {
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    for (const transfer of this.#transfers.values()) {
      if (transfer.waiters.size === 0) continue;
      if (quiet) this.#interrupt(transfer);
      else for (const waiter of transfer.waiters) this.#want(transfer, waiter);
    }
  }

  /** A job has no leases any more: its blobs may make room for others. */
  removeJob(): void {
    for (const transfer of this.#transfers.values())
      if (transfer.waiters.size === 0) this.#unpinIdle(transfer);
  }

  /** The cache has evicted it. */
  evicted(blob: BlobId): void {
    const transfer = this.#transfers.get(blob);
    this.#options.shelf.drop(blob);
    if (!transfer || transfer.waiters.size > 0) return;
    this.#transfers.delete(blob);
    this.#joining.delete(blob);
    transfer.downloads.abort();
    this.#options.dispatch({ type: 'part', blob });
  }

  /** What was asked of a peer has come. */
  async received(
    peer: string,
    blob: BlobId,
    chunk: number,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<void> {
    const transfer = this.#transfers.get(blob);
    if (!transfer) return;
    const good = await this.#take(transfer, chunk, bytes);
    this.#options.dispatch({ type: 'received', peer, blob, chunk, bytes: bytes.length, good });
  }

  /** Fetches chunks (or the manifest) from the coordinator. */
  async download(blob: BlobId, range: ChunkRange): Promise<void> {
    const transfer = this.#transfers.get(blob);
    const { dispatch } = this.#options;
    if (!transfer) return;
    const { signal } = transfer.downloads;
    try {
      if (range.first === MANIFEST_CHUNK) await this.#downloadManifest(transfer);
      else await this.#downloadChunks(transfer, range, signal);
      dispatch({ type: 'download-ended', blob, range, failed: false });
    } catch (error) {
      dispatch({ type: 'download-ended', blob, range, failed: !signal.aborted });
      if (error instanceof ManyhandsError && error.code === 'DATA_CAP') this.fail(blob, error);
    }
  }

  /** Nobody can serve the blob now. */
  fail(
    blob: BlobId,
    error: ManyhandsError = failed('neither peers nor the coordinator have it'),
  ): void {
    for (const waiter of this.#transfers.get(blob)?.waiters ?? []) waiter.fail(error);
  }

  /** Whoever waits, waits in vain; so does, after a stop, whoever comes. */
  failAll(error: ManyhandsError): void {
    for (const blob of this.#transfers.keys()) this.fail(blob, error);
  }

  stop(): void {
    this.#stopped = failed('stopped', true);
    this.failAll(this.#stopped);
    for (const { downloads } of this.#transfers.values()) downloads.abort();
  }

  async #join(job: string, ref: BlobRef): Promise<Transfer> {
    this.#options.catalogue.addBlob(job, ref);
    let joining = this.#joining.get(ref.id);
    if (!joining) {
      joining = this.#begin(job, ref);
      this.#joining.set(ref.id, joining);
    }
    const transfer = await joining;
    if (transfer.job === job) return transfer;
    if (this.#options.catalogue.isActive(transfer.job)) {
      this.#options.dispatch({ type: 'join', job, blob: ref, have: null });
      return transfer;
    }
    // Its job is over, and whoever asks the coordinator must be at work.
    transfer.job = job;
    this.#options.dispatch({ type: 'part', blob: ref.id });
    this.#tellExchange(transfer);
    for (const waiter of transfer.waiters) this.#want(transfer, waiter);
    return transfer;
  }

  async #begin(job: string, ref: BlobRef): Promise<Transfer> {
    const shelved = await this.#options.shelf.open(ref);
    const downloads = new AbortController();
    const transfer: Transfer = { shelved, job, waiters: new Set(), downloads, unpin: null };
    this.#transfers.set(ref.id, transfer);
    this.#tellExchange(transfer);
    return transfer;
  }

  #tellExchange({ shelved, job }: Transfer): void {
    const { ref, have, manifest } = shelved;
    this.#options.dispatch({ type: 'join', job, blob: ref, have: have.bits.slice() });
    if (manifest)
      this.#options.dispatch({ type: 'stored', blob: ref.id, chunks: [MANIFEST_CHUNK] });
    if (have.count > 0) this.#options.onHere(ref.id);
  }

  async #takeFromShelf(
    { shelved }: Transfer,
    waiter: Waiter,
    { first, count }: ChunkRange,
  ): Promise<void> {
    const lost: number[] = [];
    for (let chunk = first; chunk < first + count; chunk++) {
      if (!shelved.have.has(chunk)) continue;
      const bytes = await this.#options.shelf.read(shelved, chunk);
      if (bytes) waiter.take(chunk, bytes);
      else lost.push(chunk);
    }
    if (lost.length > 0)
      this.#options.dispatch({ type: 'lost', blob: shelved.ref.id, chunks: lost });
  }

  #want({ shelved }: Transfer, waiter: Waiter): void {
    const ranges = waiter.missing();
    if (ranges.length > 0)
      this.#options.dispatch({ type: 'want', blob: shelved.ref.id, ranges, urgent: true });
  }

  /** Nobody waits for the blob any more. */
  #calm(transfer: Transfer): void {
    const { shelved } = transfer;
    this.#interrupt(transfer);
    this.#unpinIdle(transfer);
    void this.#options.shelf.settled(shelved).then(() => {
      if (transfer.waiters.size > 0) return;
      const chunks = this.#options.shelf.dropSpare(shelved);
      if (chunks.length > 0) this.#options.dispatch({ type: 'lost', blob: shelved.ref.id, chunks });
    });
  }

  #unpinIdle(transfer: Transfer): void {
    const { catalogue } = this.#options;
    const job = catalogue.jobOf(transfer.shelved.ref.id);
    if (job !== null && catalogue.isActive(job)) return;
    transfer.unpin?.();
    transfer.unpin = null;
  }

  #interrupt(transfer: Transfer): void {
    this.#options.dispatch({ type: 'unwant', blob: transfer.shelved.ref.id });
    transfer.downloads.abort();
    transfer.downloads = new AbortController();
  }

  async #downloadManifest(transfer: Transfer): Promise<void> {
    const { ref } = transfer.shelved;
    const bytes = await this.#options.http.manifest(ref);
    if (!(await this.#take(transfer, MANIFEST_CHUNK, bytes))) throw failed('not the manifest');
    this.#options.dispatch({ type: 'downloaded', blob: ref.id, chunk: MANIFEST_CHUNK });
  }

  async #downloadChunks(transfer: Transfer, range: ChunkRange, signal: AbortSignal): Promise<void> {
    const { ref } = transfer.shelved;
    await this.#options.http.chunks(
      ref,
      range,
      async (chunk, bytes) => {
        if (!(await this.#take(transfer, chunk, bytes))) throw failed('wrong bytes', true);
        this.#options.dispatch({ type: 'downloaded', blob: ref.id, chunk });
      },
      signal,
    );
  }

  /** Takes a chunk or the manifest in, from wherever. Returns whether it is what it should be. */
  async #take(transfer: Transfer, chunk: number, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const { shelf, onHere } = this.#options;
    const { shelved } = transfer;
    if (chunk === MANIFEST_CHUNK) return shelf.takeManifest(shelved, bytes);
    if (!(await shelf.isGood(shelved, chunk, bytes))) return false;
    await shelf.store(shelved, chunk, bytes);
    for (const waiter of transfer.waiters) waiter.take(chunk, bytes);
    onHere(shelved.ref.id);
    return true;
  }
}

/** All chunks of a blob. */
export function allChunks(ref: BlobRef): ChunkRange {
  return { first: 0, count: chunkCount(ref.bytes) };
}

/** The chunks that bytes `start .. end - 1` are in, and where those begin. */
export function chunksOf(start: number, end: number): ChunkRange & { offset: number } {
  const first = Math.floor(start / CHUNK_BYTES);
  const last = Math.floor((Math.max(start + 1, end) - 1) / CHUNK_BYTES);
  return { first, count: last - first + 1, offset: start - first * CHUNK_BYTES };
}
