import { CHUNK_BYTES } from '../../shared/blob/chunks.ts';
import { describeBlob } from '../../shared/blob/manifest.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import { utf8 } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import { MAX_SHARD_BYTES } from '../../shared/job/limits.ts';
import { contentBytes, type PartsIndex } from '../../shared/job/parts-index.ts';
import type { Collect, Take } from '../../shared/job/spec.ts';
import { defaultCollect } from '../../shared/job/to-view.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import { decodeOutput, type Output } from '../../shared/verdict/output.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { JobRow, LoggedVerdicts, Store } from '../store/store.ts';

/** Bytes of the log held in memory at a time. */
const READ_BYTES = 4 * 1024 * 1024;

/** What of an output the next stage takes: each file in the order of the groups, or its only field. */
type Part = Uint8Array | BlobRef | null;

/**
 * What each shard of the next stage is given of the outputs of a stage that is done. Outputs that
 * came with their submissions are made blobs; empty ones are left out.
 *
 * @param take of the next stage
 * @param shards of the next stage
 * @throws ManyhandsError STAGE_CONTENT_TOO_LARGE, STAGE_OUTPUT_MALFORMED and those of `BlobStore.receive`
 */
export async function collectParts(
  before: JobRow,
  { take, shards }: { take: Take; shards: number },
  { store, blobs }: { store: Pick<Store, 'verdicts'>; blobs: Pick<BlobStore, 'receive' | 'size'> },
): Promise<PartsIndex> {
  const collect = before.spec.collect ?? defaultCollect(before.spec.program.kind);
  // A shard that was run again has several verdicts, of which the last one counts.
  const outputs: (readonly (BlobRef | null)[])[] = new Array(before.shards).fill([]);
  let after = 0;
  for (;;) {
    const records = await store.verdicts(before.number, after, READ_BYTES);
    for (const record of records) {
      after = record.sequence;
      for (const { shard, output } of outputsOf(record, before.blockShards)) {
        const refs: (BlobRef | null)[] = [];
        for (const part of partsOf(output, take, collect, shard))
          refs.push(part instanceof Uint8Array ? await keep(part, blobs) : part);
        outputs[shard] = refs;
      }
    }
    if (records.length === 0) break;
  }
  return shareOut(outputs, take, shards);
}

/** Which shard of the next stage is given what. */
function shareOut(
  outputs: readonly (readonly (BlobRef | null)[])[],
  take: Take,
  shards: number,
): PartsIndex {
  const index: BlobRef[][] = Array.from({ length: shards }, () => []);
  outputs.forEach((refs, shard) => {
    refs.forEach((ref, group) => {
      if (ref) index[take.kind === 'groups' ? group : Math.floor(shard / take.arity)].push(ref);
    });
  });
  index.forEach((parts, shard) => {
    const bytes = contentBytes(parts);
    if (bytes > MAX_SHARD_BYTES)
      throw new ManyhandsError(
        'STAGE_CONTENT_TOO_LARGE',
        `Shard ${shard} of this stage would be given ${bytes} bytes, and a run is given ${MAX_SHARD_BYTES} at most. Post the job with more groups, a smaller arity or smaller outputs.`,
        { shard, bytes, limit: MAX_SHARD_BYTES },
      );
  });
  return index;
}

function* outputsOf(
  { verdicts: { block, shards, statuses, lengths, outputs } }: LoggedVerdicts,
  blockShards: number,
): Generator<{ shard: number; output: Uint8Array }> {
  let at = 0;
  for (let i = 0; i < shards.length; i++) {
    const output = outputs.subarray(at, at + lengths[i]);
    at += lengths[i];
    if (statuses[i] === Outcome.ok) yield { shard: block * blockShards + shards[i], output };
  }
}

/** With a quorum of one a hostile node can have the output say anything. */
function partsOf(bytes: Uint8Array, take: Take, collect: Collect, shard: number): Part[] {
  const output = read(bytes, shard);
  const { files = [] } = collect;
  const parts =
    files.length > 0
      ? files.map((path) => fieldOf(output, 'file', path))
      : (['stdout', 'stderr', 'value'] as const)
          .filter((field) => collect[field])
          .map((field) => fieldOf(output, field, ''));
  for (const part of parts)
    if (part !== null && !(part instanceof Uint8Array) && !isSound(part)) throw malformed(shard);
  return take.kind === 'tree' ? parts.slice(0, 1) : parts;
}

function read(bytes: Uint8Array, shard: number): Output {
  try {
    return decodeOutput(bytes);
  } catch {
    throw malformed(shard);
  }
}

type Field = 'stdout' | 'stderr' | 'value' | 'file';

/** A field's bytes or what refers to them; null where it is empty. */
function fieldOf(output: Output, field: Field, path: string): Part {
  const referred = output.referred?.find((one) => one.field === field && one.path === path);
  if (referred) return referred.blob.bytes > 0 ? referred.blob : null;
  const bytes = inlineOf(output, field, path);
  return bytes && bytes.length > 0 ? bytes : null;
}

function inlineOf(output: Output, field: Field, path: string): Uint8Array | undefined {
  if (field === 'file') return output.files?.find((file) => file.path === path)?.bytes;
  if (field === 'value') return output.value === undefined ? undefined : utf8(output.value);
  return output[field];
}

function isSound({ id, manifest, bytes }: BlobRef): boolean {
  return bytes <= CHUNK_BYTES === (id === manifest);
}

async function keep(
  bytes: Uint8Array,
  blobs: Pick<BlobStore, 'receive' | 'size'>,
): Promise<BlobRef> {
  const { ref } = describeBlob(bytes);
  if ((await blobs.size(ref.id)) === null) await blobs.receive([bytes], { expected: ref.id });
  return ref;
}

function malformed(shard: number): ManyhandsError {
  return new ManyhandsError(
    'STAGE_OUTPUT_MALFORMED',
    `The output of shard ${shard} of the stage before is none that a program could have made. Post the job again with more replicas.`,
    { shard },
  );
}
