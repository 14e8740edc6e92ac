import type { BlobRef } from '../../shared/blob/ref.ts';
import { MAX_VIEW_BLOBS } from '../../shared/job/limits.ts';
import type { BlobId } from '../../shared/job/spec.ts';
import type { JobRow } from '../store/store.ts';
import { SWARM_MIN_BYTES } from '../swarm/limits.ts';
import type { BlobStore } from './blob-store.ts';
import type { Manifests } from './manifests.ts';

/** Files looked up at the same time. */
const LOOK_UPS = 64;

/**
 * The blobs of a job that are worth fetching from peers, the largest first.
 * @param compute whether manifests that are not there yet are made first; else those blobs are left out
 */
export async function jobBlobs(
  job: Pick<JobRow, 'spec' | 'index' | 'programBytes'>,
  files: Pick<BlobStore, 'size'>,
  manifests: Pick<Manifests, 'refOf'>,
  compute: boolean,
): Promise<BlobRef[]> {
  const sizes = await withSizes(namedIn(job), files);
  const large = [...sizes]
    .filter(([, bytes]) => bytes >= SWARM_MIN_BYTES)
    .sort((a, b) => b[1] - a[1])
    .slice(0, MAX_VIEW_BLOBS);
  const refs: BlobRef[] = [];
  for (const [id] of large) {
    const ref = await manifests.refOf(id, compute);
    if (ref) refs.push(ref);
  }
  return refs;
}

/** All blobs that a job names, with their lengths where they are known. */
function namedIn({ spec, index, programBytes }: Pick<JobRow, 'spec' | 'index' | 'programBytes'>) {
  const { program, inputs, files } = spec;
  const named = new Map<BlobId, number | null>([[program.blob, programBytes]]);
  for (const file of files) if ('blob' in file) named.set(file.blob, null);
  if (index) named.set(index.blob, null);
  if (inputs.kind === 'lines' || inputs.kind === 'chunks')
    named.set(inputs.file, index?.fileBytes ?? null);
  if (inputs.kind === 'files') for (const { blob } of inputs.files) named.set(blob, null);
  return named;
}

async function withSizes(
  named: ReadonlyMap<BlobId, number | null>,
  files: Pick<BlobStore, 'size'>,
): Promise<Map<BlobId, number>> {
  const sizes = new Map<BlobId, number>();
  const entries = [...named];
  for (let from = 0; from < entries.length; from += LOOK_UPS)
    await Promise.all(
      entries.slice(from, from + LOOK_UPS).map(async ([id, known]) => {
        sizes.set(id, known ?? (await files.size(id)) ?? 0);
      }),
    );
  return sizes;
}
