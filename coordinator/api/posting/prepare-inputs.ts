import { indexBuilder, type SlicedInputs } from '../../../shared/job/index-builder.ts';
import { countShards, type FileFacts } from '../../../shared/job/inputs.ts';
import { decodeIndex } from '../../../shared/job/slice-index.ts';
import type { Inputs, JobSpec } from '../../../shared/job/spec.ts';
import type { InputIndex } from '../../../shared/job/view.ts';
import type { BlobStore } from '../../blobs/blob-store.ts';
import { checkAt } from '../problem.ts';
import { type NamedBlob, requireInput } from './require-input.ts';

/** Files looked up at the same time. */
const LOOK_UPS = 64;

/** Files that are cut into shards have no bound of their own but that of blobs. */
const ANY_SIZE = Number.POSITIVE_INFINITY;

/** A job's inputs, counted. */
export interface PreparedInputs {
  shards: number;
  index: InputIndex | null;
}

/**
 * Checks that the inputs are there, indexes the file of `lines` and `chunks`, and counts shards.
 * @throws ManyhandsError BLOB_MISSING, BLOB_EMPTY, FILE_TOO_LARGE, INPUT_EMPTY and those of `countShards` and
 *   `indexBuilder`; `facts.path` says where
 */
export async function prepareInputs(
  { inputs, files }: JobSpec,
  blobs: BlobStore,
): Promise<PreparedInputs> {
  await requireAll(blobs, [...namedBlobs(inputs), ...givenBlobs(files)]);
  if (inputs.kind !== 'lines' && inputs.kind !== 'chunks')
    return { shards: checkAt('inputs', () => countShards(inputs)), index: null };
  const { index, facts } = await buildIndex(inputs, blobs);
  return { shards: checkAt('inputs.file', () => countShards(inputs, facts)), index };
}

function namedBlobs(inputs: Inputs): NamedBlob[] {
  if (inputs.kind === 'files')
    return inputs.files.map(({ blob }, k) => ({ id: blob, path: `inputs.files.${k}.blob` }));
  // An empty file is the index builder's to refuse, as INPUT_EMPTY, and no run is given it whole.
  if (inputs.kind === 'lines' || inputs.kind === 'chunks')
    return [{ id: inputs.file, path: 'inputs.file', mayBeEmpty: true, maxBytes: ANY_SIZE }];
  return [];
}

function givenBlobs(files: JobSpec['files']): NamedBlob[] {
  return files.flatMap((file, k) =>
    'blob' in file ? [{ id: file.blob, path: `files.${k}.blob`, mayBeEmpty: true }] : [],
  );
}

async function requireAll(blobs: BlobStore, named: readonly NamedBlob[]): Promise<void> {
  for (let from = 0; from < named.length; from += LOOK_UPS)
    await Promise.all(named.slice(from, from + LOOK_UPS).map((blob) => requireInput(blobs, blob)));
}

async function buildIndex(
  inputs: SlicedInputs,
  blobs: BlobStore,
): Promise<{ index: InputIndex; facts: FileFacts }> {
  const builder = indexBuilder(inputs);
  let fileBytes = 0;
  for await (const piece of blobs.read(inputs.file)) {
    checkAt('inputs.file', () => builder.push(piece));
    fileBytes += piece.length;
  }
  const bytes = checkAt('inputs.file', () => builder.finish());
  const { id } = await blobs.receive([bytes]);
  return { index: { blob: id, fileBytes }, facts: decodeIndex(bytes) };
}
