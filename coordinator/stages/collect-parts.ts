import { CHUNK_BYTES } from '../../shared/blob/chunks.ts';
import { describeBlob } from '../../shared/blob/manifest.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import { concat, utf8 } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import { MAX_SHARD_BYTES } from '../../shared/job/limits.ts';
import type { PartsIndex } from '../../shared/job/parts-index.ts';
import type { Collect, Take } from '../../shared/job/spec.ts';
import { defaultCollect } from '../../shared/job/to-view.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import { decodeOutput, type Output } from '../../shared/verdict/output.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { JobRow, LoggedVerdicts, Store } from '../store/store.ts';

/** Bytes of the log held in memory at a time. */
const READ_BYTES = 4 * 1024 * 1024;
/** Bytes of inline outputs held in memory at a time: what the largest shard can be given. */
const MAX_HELD_BYTES = MAX_SHARD_BYTES;
/** Short outputs are put together up to this length: one chunk, so that they need no manifest. */
const JOINED_BYTES = CHUNK_BYTES;

/** What of an output the next stage takes: each file in the order of the groups, or its only field. */
type Part = Uint8Array | BlobRef | null;

/** A part as it is known before its bytes are read: what refers to it, or how long it is. */
type Sized = BlobRef | number;

interface Sources {
  store: Pick<Store, 'verdicts'>;
  blobs: Pick<BlobStore, 'receive' | 'size'>;
  /** Bytes of inline outputs held in memory at a time. */
  heldBytes?: number;
}

/**
 * What each shard of the next stage is given of the outputs of a stage that is done. Outputs that
 * came with their submissions are made blobs, those that follow each other put together; empty ones
 * are left out. Memory is bounded: the log is read once for the lengths, and then once for every
 * 64 MiB of such outputs.
 *
 * @param take of the next stage
 * @param shards of the next stage
 * @throws ManyhandsError STAGE_CONTENT_TOO_LARGE, STAGE_OUTPUT_MALFORMED and those of `BlobStore.receive`
 */
export async function collectParts(
  before: JobRow,
  { take, shards }: { take: Take; shards: number },
  { store, blobs, heldBytes = MAX_HELD_BYTES }: Sources,
): Promise<PartsIndex> {
  const sized: Sized[][][] = Array.from({ length: shards }, () => []);
  for await (const { target, place, part } of partsBefore(before, take, store)) {
    // A shard that was run again has several verdicts, of which the last one counts.
    sized[target][place] = part === null ? [] : [part instanceof Uint8Array ? part.length : part];
  }
  const parts = sized.map((places) => places.flat());
  parts.forEach(checkContent);
  const index: BlobRef[][] = [];
  for (let from = 0; from < shards; ) {
    let to = from;
    let bytes = 0;
    do bytes += inlineBytes(parts[to++]);
    while (to < shards && bytes + inlineBytes(parts[to]) <= heldBytes);
    index.push(...(await refsOf(before, take, { from, to, sized, store, blobs })));
    from = to;
  }
  return index;
}

/** What the next stage's shards `from .. to - 1` are given, all of it blobs. */
async function refsOf(
  before: JobRow,
  take: Take,
  { from, to, sized, store, blobs }: { from: number; to: number; sized: Sized[][][] } & Sources,
): Promise<BlobRef[][]> {
  const own = sized.slice(from, to);
  if (own.every((places) => inlineBytes(places.flat()) === 0))
    return own.map((places) => places.flat().filter((part) => typeof part !== 'number'));
  const read: Part[][] = own.map(() => []);
  for await (const { target, place, part } of partsBefore(before, take, store))
    if (target >= from && target < to)
      read[target - from][place] = part instanceof Uint8Array ? part.slice() : part;
  const refs: BlobRef[][] = [];
  for (const parts of read) refs.push(await joined(parts, blobs));
  return refs;
}

/** Parts in their order as blobs: inline ones that follow each other share one. */
async function joined(
  parts: readonly Part[],
  blobs: Pick<BlobStore, 'receive' | 'size'>,
): Promise<BlobRef[]> {
  const refs: BlobRef[] = [];
  let run: Uint8Array[] = [];
  let bytes = 0;
  const endRun = async () => {
    if (run.length > 0) refs.push(await keep(concat(run), blobs));
    run = [];
    bytes = 0;
  };
  for (const part of parts) {
    if (!part) continue;
    if (!(part instanceof Uint8Array)) {
      await endRun();
      refs.push(part);
      continue;
    }
    if (bytes + part.length > JOINED_BYTES) await endRun();
    run.push(part);
    bytes += part.length;
  }
  await endRun();
  return refs;
}

/** Every part of every verdict in the log, with whom it goes to and its place there. */
async function* partsBefore(
  before: JobRow,
  take: Take,
  store: Pick<Store, 'verdicts'>,
): AsyncGenerator<{ target: number; place: number; part: Part }> {
  const collect = before.spec.collect ?? defaultCollect(before.spec.program.kind);
  for (let after = 0; ; ) {
    const records = await store.verdicts(before.number, after, READ_BYTES);
    if (records.length === 0) return;
    for (const record of records) {
      after = record.sequence;
      for (const { shard, output } of outputsOf(record, before.blockShards)) {
        const parts = partsOf(output, take, collect, shard);
        for (let k = 0; k < parts.length; k++)
          yield take.kind === 'groups'
            ? { target: k, place: shard, part: parts[k] }
            : {
                target: Math.floor(shard / take.arity),
                place: shard % take.arity,
                part: parts[k],
              };
      }
    }
  }
}

function inlineBytes(parts: readonly Sized[]): number {
  return parts.reduce<number>((sum, part) => sum + (typeof part === 'number' ? part : 0), 0);
}

function checkContent(parts: readonly Sized[], shard: number): void {
  let bytes = 0;
  for (const part of parts) bytes += typeof part === 'number' ? part : part.bytes;
  if (bytes <= MAX_SHARD_BYTES) return;
  throw new ManyhandsError(
    'STAGE_CONTENT_TOO_LARGE',
    `Shard ${shard} of this stage would be given ${bytes} bytes, and a run is given ${MAX_SHARD_BYTES} at most. Post the job with more groups, a smaller arity or smaller outputs.`,
    { shard, bytes, limit: MAX_SHARD_BYTES },
  );
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
  bytes: Uint8Array<ArrayBuffer>,
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
