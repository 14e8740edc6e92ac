import type { BlobRef } from '../../shared/blob/ref.ts';
import { concat } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import { decodePartsIndex } from '../../shared/job/parts-index.ts';
import { decodeIndex, type SliceIndex } from '../../shared/job/slice-index.ts';
import { type Slices, shardRange, splitSlices } from '../../shared/job/slices.ts';
import type { BlobId } from '../../shared/job/spec.ts';
import type { JobView } from '../../shared/job/view.ts';
import type { Blobs } from '../swarm/blobs.ts';
import { RangeReader } from './range-reader.ts';

/** Outputs of an earlier stage that are fetched at the same time: from several peers, yet few of each. */
const FETCHED_AT_ONCE = 8;

/** Below this a file is not worth peers. */
const WHOLE_BELOW_BYTES = 1024 * 1024;

/** What contents are made of. */
type ContentBlobs = Pick<Blobs, 'whole' | 'part' | 'referred'>;

/** Where the content of file-backed shards comes from; null for inputs that have none. */
export type ContentSource = ((first: number, count: number) => Promise<Slices>) | null;

/**
 * Makes the content of a job's shards available: fetches the index of its file, if it has one.
 * @throws ManyhandsError `DOWNLOAD_FAILED`, `BLOB_MISMATCH`, `INDEX_MALFORMED`
 */
export async function contentSource(job: JobView, blobs: ContentBlobs): Promise<ContentSource> {
  const { inputs } = job;
  if (inputs.kind === 'range' || inputs.kind === 'grid') return null;
  if (inputs.kind === 'files') {
    const { files } = inputs;
    return async (first, count) => {
      const chosen = files.slice(first, first + count);
      return joinFiles(await Promise.all(chosen.map(({ blob }) => blobs.whole(blob))));
    };
  }
  if (inputs.kind === 'parts') return partsSource(job, blobs);
  const index = await indexOf(job, blobs);
  const file = new RangeReader(index.fileBytes, async (start, end) =>
    // A small file comes whole: so it can be checked, and is here at the next visit.
    index.fileBytes < WHOLE_BELOW_BYTES
      ? (await blobs.whole(inputs.file)).slice(start, end)
      : blobs.part(inputs.file, start, end),
  );
  return async (first, count) => {
    const { start, end } = shardRange(index, first, count);
    return splitSlices(index, inputs, first, count, await file.read(start, end));
  };
}

/** What a stage's shards are given: outputs of the stage before, from wherever they are. */
async function partsSource(job: JobView, blobs: ContentBlobs): Promise<ContentSource> {
  const index = job.index ? decodePartsIndex(await blobs.whole(job.index.blob)) : null;
  if (index?.length !== job.shards) throw misfit();
  return async (first, count) => {
    const shards = index.slice(first, first + count);
    const parts = await fetchAll(shards.flat(), (ref) =>
      blobs.referred(job.previous ?? job.id, ref),
    );
    let at = 0;
    return joinFiles(
      shards.map(({ length }) => {
        const own = parts.slice(at, at + length);
        at += length;
        return own.length === 1 ? own[0] : concat(own);
      }),
    );
  };
}

/** Fetches some at a time, each blob once. */
async function fetchAll(
  refs: readonly BlobRef[],
  fetch: (ref: BlobRef) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const wanted = new Map(refs.map((ref) => [ref.id, ref]));
  const fetched = new Map<BlobId, Uint8Array<ArrayBuffer>>();
  const left = wanted.values();
  const worker = async () => {
    for (const ref of left) fetched.set(ref.id, await fetch(ref));
  };
  await Promise.all(Array.from({ length: FETCHED_AT_ONCE }, worker));
  return refs.map(({ id }) => fetched.get(id) as Uint8Array<ArrayBuffer>);
}

async function indexOf(job: JobView, blobs: ContentBlobs): Promise<SliceIndex> {
  const index = job.index ? decodeIndex(await blobs.whole(job.index.blob)) : null;
  if (index?.kind === job.inputs.kind && index.shards === job.shards) return index;
  throw misfit();
}

function misfit(): ManyhandsError {
  return new ManyhandsError('INDEX_MALFORMED', 'The index of the input file does not fit its job.');
}

function joinFiles(files: readonly Uint8Array<ArrayBuffer>[]): Slices {
  const starts = new Float64Array(files.length + 1);
  files.forEach((file, k) => {
    starts[k + 1] = starts[k] + file.length;
  });
  return { bytes: concat(files), starts, offset: 0 };
}
