import type { BlobId } from '../../../shared/job/spec.ts';
import { MAX_ON_NODES } from './limits.ts';

/** Held outputs that no verdict refers to yet, by their job, until it ends. */
export class Undecided {
  readonly #jobOf = new Map<BlobId, string>();
  readonly #ofJob = new Map<string, Set<BlobId>>();

  /** Where there is no room its node keeps it until it holds it again. */
  add(job: string, blob: BlobId): void {
    if (this.#jobOf.has(blob) || this.#jobOf.size >= MAX_ON_NODES) return;
    this.#jobOf.set(blob, job);
    const blobs = this.#ofJob.get(job) ?? new Set();
    this.#ofJob.set(job, blobs.add(blob));
  }

  delete(blob: BlobId): void {
    const job = this.#jobOf.get(blob);
    if (job === undefined) return;
    this.#jobOf.delete(blob);
    this.#ofJob.get(job)?.delete(blob);
  }

  /** All of a job, which are forgotten. */
  take(job: string): BlobId[] {
    const blobs = [...(this.#ofJob.get(job) ?? [])];
    for (const blob of blobs) this.#jobOf.delete(blob);
    this.#ofJob.delete(job);
    return blobs;
  }
}
