import { concat } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import { decodeIndex, type SliceIndex } from '../../shared/job/slice-index.ts';
import { type Slices, shardRange, splitSlices } from '../../shared/job/slices.ts';
import type { JobView } from '../../shared/job/view.ts';
import type { BlobSource } from './blobs.ts';
import { RangeReader } from './range-reader.ts';

/** Where the content of file-backed shards comes from; null for inputs that have none. */
export type ContentSource = ((first: number, count: number) => Promise<Slices>) | null;

/**
 * Makes the content of a job's shards available: fetches the index of its file, if it has one.
 * @throws ManyhandsError `DOWNLOAD_FAILED`, `BLOB_MISMATCH`, `INDEX_MALFORMED`
 */
export async function contentSource(job: JobView, blobs: BlobSource): Promise<ContentSource> {
  const { inputs } = job;
  if (inputs.kind === 'range' || inputs.kind === 'grid') return null;
  if (inputs.kind === 'files') {
    const { files } = inputs;
    return async (first, count) => {
      const chosen = files.slice(first, first + count);
      return joinFiles(await Promise.all(chosen.map(({ blob }) => blobs.whole(blob))));
    };
  }
  if (inputs.kind === 'parts') throw new TypeError('parts come with the swarm');
  const index = await indexOf(job, blobs);
  const file = new RangeReader(index.fileBytes, (start, end) =>
    blobs.part(inputs.file, start, end),
  );
  return async (first, count) => {
    const { start, end } = shardRange(index, first, count);
    return splitSlices(index, inputs, first, count, await file.read(start, end));
  };
}

async function indexOf(job: JobView, blobs: BlobSource): Promise<SliceIndex> {
  const index = job.index ? decodeIndex(await blobs.whole(job.index.blob)) : null;
  if (index?.kind === job.inputs.kind && index.shards === job.shards) return index;
  throw new ManyhandsError('INDEX_MALFORMED', 'The index of the input file does not fit its job.');
}

function joinFiles(files: readonly Uint8Array<ArrayBuffer>[]): Slices {
  const starts = new Float64Array(files.length + 1);
  files.forEach((file, k) => {
    starts[k + 1] = starts[k] + file.length;
  });
  return { bytes: concat(files), starts, offset: 0 };
}
