import { CHUNK_BYTES, chunkRange } from '../../../shared/blob/chunks.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { concat } from '../../../shared/bytes.ts';
import { ManyhandsError } from '../../../shared/errors.ts';
import type { BlobId } from '../../../shared/job/spec.ts';

/** Attempts without a byte of progress, and the pause before the second in milliseconds; it doubles. */
const ATTEMPTS = 4;
const RETRY_MS = 500;
/** Time for the first byte of an answer, and for each further one: a coordinator under load, a slow line. */
const ANSWER_MS = 30_000;

export interface HttpSourceOptions {
  /** Address of the coordinator without a trailing slash. */
  base: string;
  fetch: typeof fetch;
  /** Throws where nothing may be downloaded now. Asked before every request. */
  gate: () => void;
  /** Told of all bytes as they come. */
  onBytes: (bytes: number) => void;
}

type Range = { start: number; end: number };

/** Bytes of the coordinator, by HTTP, or of whatever cache stands before it. Checks nothing of them. */
export class HttpSource {
  readonly #options: HttpSourceOptions;
  readonly #stopped = new AbortController();

  constructor(options: HttpSourceOptions) {
    this.#options = options;
  }

  /**
   * A whole blob, or bytes `start .. end - 1` of it.
   * @throws ManyhandsError `DOWNLOAD_FAILED`, what `gate` throws
   */
  async read(id: BlobId, range?: Range): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.#persist(() => this.#whole(id, range));
    if (range && bytes.length !== range.end - range.start)
      throw failed(`${bytes.length} bytes for ${range.end - range.start}`);
    return bytes;
  }

  /**
   * Consecutive chunks of a blob in one request, each handed on as soon as it is complete. After a
   * break it goes on where it was.
   * @throws ManyhandsError as `read` does, also after an abort; what `take` throws
   */
  async chunks(
    ref: BlobRef,
    { first, count }: { first: number; count: number },
    take: (chunk: number, bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    let next = first;
    const end = chunkRange(ref.bytes, first + count - 1).end;
    await this.#persist(
      async () => {
        const range = { start: next * CHUNK_BYTES, end };
        for await (const bytes of inChunks(
          this.#stream(ref.id, range, signal),
          range.end - range.start,
        ))
          await take(next++, bytes);
        if (next < first + count) throw failed('the answer was too short');
      },
      () => next,
      signal,
    );
  }

  /**
   * A blob's manifest, unchecked.
   * @throws ManyhandsError as `read` does
   */
  async manifest(ref: BlobRef): Promise<Uint8Array<ArrayBuffer>> {
    return this.#persist(() => this.#whole(`${ref.id}/manifest`));
  }

  /** Ends all requests for good. */
  stop(): void {
    this.#stopped.abort();
  }

  /** Tries again, as long as trying again may help; attempts that got on do not count. */
  async #persist<T>(act: () => Promise<T>, progress = () => 0, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1, before = progress(); ; attempt++) {
      try {
        this.#options.gate();
        return await act();
      } catch (error) {
        const ours = error instanceof ManyhandsError;
        if (this.#stopped.signal.aborted || signal?.aborted) throw failed('ended');
        if (ours && (error.code !== 'DOWNLOAD_FAILED' || error.facts.final === true)) throw error;
        if (progress() > before) attempt = 1;
        if (attempt >= ATTEMPTS) throw ours ? error : failed((error as Error).message);
        before = progress();
      }
      const ends = signal ? [this.#stopped.signal, signal] : [this.#stopped.signal];
      await pause(RETRY_MS * 2 ** (attempt - 1), AbortSignal.any(ends));
    }
  }

  async #whole(path: string, range?: Range): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array[] = [];
    for await (const part of this.#stream(path, range)) parts.push(part);
    return concat(parts);
  }

  /** @param path behind `/v1/blobs/` */
  async *#stream(path: string, range?: Range, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const late = new AbortController();
    const watch = () => setTimeout(() => late.abort(), ANSWER_MS);
    let timer = watch();
    const signals = [late.signal, this.#stopped.signal, ...(signal ? [signal] : [])];
    try {
      const response = await this.#options.fetch(`${this.#options.base}/v1/blobs/${path}`, {
        headers: range ? { Range: `bytes=${range.start}-${range.end - 1}` } : {},
        credentials: 'omit',
        // What came is kept here anyway. Of parts the browser's cache would make an entry of the whole
        // file, for which two requests wait for each other or are sent twice (a sixth of all bytes).
        cache: range ? 'no-store' : 'default',
        signal: AbortSignal.any(signals),
      });
      // A server that is only busy says 429 or 5xx; the others mean what they say.
      const final = response.status >= 400 && response.status < 500 && response.status !== 429;
      if (!response.ok) throw failed(`status ${response.status}`, final);
      if (range && response.status !== 206) throw failed('no ranges', true);
      const reader = response.body?.getReader();
      for (;;) {
        const part = await reader?.read();
        clearTimeout(timer);
        if (!part || part.done) return;
        this.#options.onBytes(part.value.length);
        yield part.value;
        timer = watch();
      }
    } finally {
      clearTimeout(timer);
      // Whoever stops reading early wants no more of it.
      late.abort();
    }
  }
}

/** Cuts a stream of `total` bytes at every chunk's end. What is beyond `total` is dropped. */
async function* inChunks(
  parts: AsyncIterable<Uint8Array>,
  total: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let left = total;
  let chunk = new Uint8Array(Math.min(CHUNK_BYTES, left));
  let filled = 0;
  for await (let part of parts) {
    while (part.length > 0 && left > 0) {
      const piece = part.subarray(0, chunk.length - filled);
      chunk.set(piece, filled);
      filled += piece.length;
      part = part.subarray(piece.length);
      if (filled < chunk.length) continue;
      left -= filled;
      yield chunk;
      chunk = new Uint8Array(Math.min(CHUNK_BYTES, left));
      filled = 0;
    }
  }
}

/** Shorter where it is to end before. */
function pause(milliseconds: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stopped.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    stopped.addEventListener('abort', end);
  });
}

/** A download that did not come to an end; `final`: trying again at once is of no use. */
export function failed(problem: string, final = false): ManyhandsError {
  return new ManyhandsError(
    'DOWNLOAD_FAILED',
    'A file of the job could not be downloaded. It is tried again later.',
    { problem, final },
  );
}
