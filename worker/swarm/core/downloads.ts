import { CHUNK_BYTES } from '../../../shared/blob/chunks.ts';
import { MAX_GRANT_CHUNKS } from '../../../shared/protocol/limits.ts';
import { MANIFEST_CHUNK } from '../peers/peer-frames.ts';
import type { BlobState } from './blob-state.ts';
import type { ChunkRange } from './events.ts';
import {
  DOWNLOAD_CHUNKS,
  DOWNLOAD_PAUSE_MS,
  FIRST_GRANT,
  GRANT_MS,
  MAX_DOWNLOAD_PAUSE_MS,
  MAX_DOWNLOADS,
  MIN_GRANT,
  RATE_WEIGHT,
} from './limits.ts';
import type { Scene } from './scene.ts';

interface Download {
  blob: BlobState;
  first: number;
  end: number;
  /** Since when it has had its share of the line. */
  at: number;
}

/** What the coordinator granted is fetched from it, a few chunks at a time (SWM-11). */
export class Downloads {
  readonly #scene: Scene;
  readonly #running: Download[] = [];
  /** Bytes a millisecond of one download; zero where not known. */
  #rate = 0;
  #failures = 0;
  #pausedUntil = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Nothing is fetched before this. */
  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  isRunning(blob: BlobState): boolean {
    return blob.grants.length > 0 || this.#running.some((download) => download.blob === blob);
  }

  /** Granted chunks of the blob that are not here yet. */
  ahead(blob: BlobState): number {
    let chunks = 0;
    for (const { count } of blob.grants) chunks += count;
    for (const download of this.#running)
      if (download.blob === blob) chunks += download.end - download.first;
    return chunks;
  }

  /** Chunks worth asking for at a time: what comes in a few seconds. */
  get grantSize(): number {
    if (this.#rate === 0) return FIRST_GRANT;
    const chunks = Math.floor((this.#rate * MAX_DOWNLOADS * GRANT_MS) / CHUNK_BYTES);
    return Math.min(MAX_GRANT_CHUNKS, Math.max(MIN_GRANT, chunks));
  }

  /** Begins as many downloads as may run at the same time. */
  start(now: number): void {
    if (now < this.#pausedUntil) return;
    for (const blob of this.#scene.blobs.values()) {
      if (blob.grants.length === 0) continue;
      if (!blob.manifestHere) {
        this.manifest(blob, now);
        continue;
      }
      while (this.#running.length < MAX_DOWNLOADS) {
        const range = nextRange(blob);
        if (!range) break;
        this.#begin(blob, range, now);
      }
    }
  }

  /** Fetches the manifest, where nobody is asked for it. */
  manifest(blob: BlobState, now: number): void {
    if (blob.manifestHere || blob.manifestFrom !== null || now < this.#pausedUntil) return;
    blob.manifestFrom = '';
    this.#scene.emit({
      type: 'download',
      blob: blob.id,
      range: { first: MANIFEST_CHUNK, count: 1 },
    });
  }

  #begin(blob: BlobState, { first, count }: ChunkRange, now: number): void {
    for (let chunk = first; chunk < first + count; chunk++) blob.download(chunk);
    this.#running.push({ blob, first, end: first + count, at: now });
    this.#scene.emit({ type: 'download', blob: blob.id, range: { first, count } });
  }

  /** A chunk of a running download came. */
  came(blob: BlobState, chunk: number, now: number): void {
    const running = this.#running.find(
      (download) => download.blob === blob && chunk >= download.first && chunk < download.end,
    );
    if (!running) return;
    const sample = blob.bytesOf(chunk) / Math.max(1, now - running.at);
    this.#rate = this.#rate === 0 ? sample : this.#rate + RATE_WEIGHT * (sample - this.#rate);
    running.at = now;
    this.#failures = 0;
  }

  ended(blob: BlobState, range: ChunkRange, failed: boolean, now: number): void {
    if (range.first === MANIFEST_CHUNK) {
      if (blob.manifestFrom === '') blob.manifestFrom = null;
    } else {
      const at = this.#running.findIndex(
        (download) => download.blob === blob && download.first === range.first,
      );
      if (at >= 0) this.#running.splice(at, 1);
      for (let chunk = range.first; chunk < range.first + range.count; chunk++)
        if (chunk < blob.size) blob.undownload(chunk);
    }
    if (!failed) return;
    // What was granted may be granted anew; a coordinator that fails is not pressed.
    blob.grants = [];
    const pause = Math.min(MAX_DOWNLOAD_PAUSE_MS, DOWNLOAD_PAUSE_MS * 2 ** this.#failures);
    this.#failures++;
    this.#pausedUntil = now + pause;
    blob.seekAt = Math.max(blob.seekAt, this.#pausedUntil);
  }

  /** The blob is not exchanged any more; how its downloads end does not matter. */
  forget(blob: BlobState): void {
    for (let at = this.#running.length - 1; at >= 0; at--)
      if (this.#running[at].blob === blob) this.#running.splice(at, 1);
  }
}

/** The first granted chunks that are still open, next to each other, taken out of the grants. */
function nextRange(blob: BlobState): ChunkRange | null {
  while (blob.grants.length > 0) {
    const grant = blob.grants[0];
    let first = grant.first;
    const end = grant.first + grant.count;
    while (first < end && !blob.open.has(first)) first++;
    let count = 0;
    while (first + count < end && count < DOWNLOAD_CHUNKS && blob.open.has(first + count)) count++;
    const left = end - first - count;
    if (left > 0) blob.grants[0] = { first: first + count, count: left };
    else blob.grants.shift();
    if (count > 0) return { first, count };
  }
  return null;
}
