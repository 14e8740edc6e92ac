import type { BlobId } from '../../../shared/job/spec.ts';
import { MAX_WAITING, WAIT_MS } from './limits.ts';

/** Those who wait for outputs to arrive. */
export class Arrivals {
  readonly #waiting = new Map<BlobId, Set<() => void>>();
  #count = 0;

  get isFull(): boolean {
    return this.#count >= MAX_WAITING;
  }

  /** Resolves when the blob has come, or when waiting for it has no more sense. */
  wait(id: BlobId, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wakes = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, wakes);
    this.#count++;
    const timer = setTimeout(() => wake(), WAIT_MS);
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      if (!wakes.delete(wake)) return;
      this.#count--;
      if (wakes.size === 0 && this.#waiting.get(id) === wakes) this.#waiting.delete(id);
      resolve();
    };
    wakes.add(wake);
    signal.addEventListener('abort', wake);
    return promise;
  }

  arrived(id: BlobId): void {
    for (const wake of [...(this.#waiting.get(id) ?? [])]) wake();
  }

  /** Nothing arrives any more. */
  stop(): void {
    for (const id of [...this.#waiting.keys()]) this.arrived(id);
  }
}
