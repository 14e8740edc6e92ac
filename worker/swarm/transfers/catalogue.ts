import type { BlobRef } from '../../../shared/blob/ref.ts';
import type { BlobId } from '../../../shared/job/spec.ts';

interface Known {
  ref: BlobRef;
  jobs: Set<string>;
}

/** Which blob belongs to which jobs: what peers may be asked for, and may ask for. */
export class Catalogue {
  readonly #blobs = new Map<BlobId, Known>();
  readonly #active = new Set<string>();

  /** The blobs of a job that has leases here. */
  addJob(job: string, refs: readonly BlobRef[]): void {
    this.#active.add(job);
    for (const ref of refs) this.addBlob(job, ref);
  }

  addBlob(job: string, ref: BlobRef): void {
    const known = this.#blobs.get(ref.id);
    if (known) known.jobs.add(job);
    else this.#blobs.set(ref.id, { ref, jobs: new Set([job]) });
  }

  /** It has no leases any more. What belongs to it still does. */
  removeJob(job: string): void {
    this.#active.delete(job);
  }

  isActive(job: string): boolean {
    return this.#active.has(job);
  }

  /** Blobs of a job. */
  of(job: string): BlobRef[] {
    return [...this.#blobs.values()].flatMap(({ ref, jobs }) => (jobs.has(job) ? [ref] : []));
  }

  ref(blob: BlobId): BlobRef | null {
    return this.#blobs.get(blob)?.ref ?? null;
  }

  /** A job that the blob is of, one with leases if there is one. */
  jobOf(blob: BlobId): string | null {
    const jobs = this.#blobs.get(blob)?.jobs;
    if (!jobs) return null;
    for (const job of jobs) if (this.#active.has(job)) return job;
    return jobs.values().next().value ?? null;
  }

  belongs(job: string | undefined, blob: BlobId): boolean {
    return job !== undefined && this.#blobs.get(blob)?.jobs.has(job) === true;
  }

  /** Nothing of it is here any more. */
  forget(blob: BlobId): void {
    this.#blobs.delete(blob);
  }
}
