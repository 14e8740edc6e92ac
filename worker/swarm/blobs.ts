import type { BlobRef } from '../../shared/blob/ref.ts';
import type { BlobId } from '../../shared/job/spec.ts';
import type { JobView } from '../../shared/job/view.ts';

/**
 * Blobs as the engine gets them: from the cache, from peers, from the coordinator, whichever is
 * sensible. All bytes are verified. Nobody may change the arrays.
 */
export interface Blobs {
  /** Tells which blobs belong to a job, before any of them is asked for. Twice does no harm. */
  addJob(job: JobView): void;
  /** The job's leases are over: its blobs may be evicted, and are served for as long as they are here. */
  removeJob(job: string): void;
  /**
   * A whole blob of a job that was added.
   * @throws ManyhandsError `DOWNLOAD_FAILED`, `BLOB_MISMATCH`
   */
  whole(id: BlobId): Promise<Uint8Array<ArrayBuffer>>;
  /** Bytes `start .. end - 1` of such a blob. Errors as above. */
  part(id: BlobId, start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** A blob that may be on nodes only: an output of an earlier stage. Errors as above. */
  referred(job: string, ref: BlobRef): Promise<Uint8Array<ArrayBuffer>>;
  /** Keeps an output that was computed here, and serves it until the coordinator releases it. */
  keepOutput(job: string, bytes: Uint8Array<ArrayBuffer>): Promise<BlobRef>;
  /** Ends all requests. */
  stop(): void;
}
