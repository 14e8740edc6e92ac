import type { BlobRef } from '../../shared/blob/ref.ts';
import type { BlobId } from '../../shared/job/spec.ts';
import type { SwarmNodeFrame } from '../../shared/protocol/frames.ts';
import { MAX_HELD } from '../../shared/protocol/limits.ts';
import { HOLD_MS } from './limits.ts';

/** A blob of which something is here. */
export interface Held {
  job: string;
  ref: BlobRef;
  chunks: number;
  output: boolean;
}

/** Tells the coordinator what is held here: soon, and together. */
export class Holdings {
  readonly #send: (frame: SwarmNodeFrame) => boolean;
  readonly #held = new Map<BlobId, Held>();
  readonly #changed = new Set<BlobId>();
  readonly #gone = new Set<BlobId>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param send says whether the frame has left */
  constructor(send: (frame: SwarmNodeFrame) => boolean) {
    this.#send = send;
  }

  set(held: Held): void {
    this.#held.set(held.ref.id, held);
    this.#gone.delete(held.ref.id);
    this.#changed.add(held.ref.id);
    this.#timer ??= setTimeout(() => this.flush(), HOLD_MS);
  }

  /** Nothing of it is here any more. */
  delete(blob: BlobId): void {
    if (!this.#held.delete(blob)) return;
    this.#changed.delete(blob);
    this.#gone.add(blob);
    this.#timer ??= setTimeout(() => this.flush(), HOLD_MS);
  }

  /** A new connection knows nothing. */
  tellAll(): void {
    this.#gone.clear();
    for (const blob of this.#held.keys()) this.#changed.add(blob);
    this.flush();
  }

  /** Tells what has changed now: before something that the coordinator must understand. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const byJob = new Map<string, Held[]>();
    for (const blob of this.#changed) {
      const held = this.#held.get(blob);
      if (held) byJob.set(held.job, [...(byJob.get(held.job) ?? []), held]);
    }
    for (const [job, all] of byJob)
      for (let at = 0; at < all.length; at += MAX_HELD) {
        const blobs = all.slice(at, at + MAX_HELD);
        const said = blobs.map(({ ref, chunks, output }) => ({ blob: ref, chunks, output }));
        if (!this.#send({ type: 'hold', job, blobs: said })) return;
      }
    this.#changed.clear();
    const gone = [...this.#gone];
    for (let at = 0; at < gone.length; at += MAX_HELD)
      this.#send({ type: 'unhold', blobs: gone.slice(at, at + MAX_HELD) });
    this.#gone.clear();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
