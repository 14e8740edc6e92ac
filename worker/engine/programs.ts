import type { JobView } from '../../shared/job/view.ts';
import type { Blobs } from '../swarm/blobs.ts';
import { type ContentSource, contentSource } from './content.ts';

/** All that a job's shards need and that had to be fetched. */
export interface FetchedJob {
  program: Uint8Array<ArrayBuffer>;
  /** Blobs that `job.files` names, by id. */
  blobs: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  content: ContentSource;
}

/**
 * Fetches a job's program, the files given to it and the index of its inputs.
 * @throws ManyhandsError `DOWNLOAD_FAILED`, `BLOB_MISMATCH`, `INDEX_MALFORMED`
 */
export async function fetchJob(job: JobView, blobs: Blobs): Promise<FetchedJob> {
  const ids = new Set(job.files.flatMap((file) => ('blob' in file ? [file.blob] : [])));
  const [program, content, files] = await Promise.all([
    blobs.whole(job.program.blob),
    contentSource(job, blobs),
    Promise.all([...ids].map(async (id) => [id, await blobs.whole(id)] as const)),
  ]);
  return { program, content, blobs: new Map(files) };
}
