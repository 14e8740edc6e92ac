import { CHUNK_BYTES } from '../blob/chunks.ts';
import type { BlobRef } from '../blob/ref.ts';
import { fromHex, toHex } from '../bytes.ts';
import { ManyhandsError } from '../errors.ts';
import { MAX_PARTS, MAX_SHARD_BYTES } from './limits.ts';

/**
 * What the shards of a stage are given: for each shard the blobs whose bytes, one after the other,
 * are its content. Layout of the blob, little-endian: "MHPX", version u8 (1), three zero bytes,
 * shards u32, parts u32; for each shard u32, the place behind its last part; then for each part its
 * blob's id (32 bytes), its manifest's (32) and its length (f64).
 */
export type PartsIndex = readonly (readonly BlobRef[])[];

const MAGIC = [0x4d, 0x48, 0x50, 0x58];
const VERSION = 1;
const HEADER_BYTES = 16;
const NAME_BYTES = 32;
const PART_BYTES = 2 * NAME_BYTES + 8;

/** The blob of an index. */
export function encodePartsIndex(index: PartsIndex): Uint8Array<ArrayBuffer> {
  const parts = index.flat();
  const table = HEADER_BYTES + 4 * index.length;
  const bytes = new Uint8Array(table + PART_BYTES * parts.length);
  bytes.set([...MAGIC, VERSION]);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, index.length, true);
  view.setUint32(12, parts.length, true);
  let end = 0;
  index.forEach((refs, shard) => {
    end += refs.length;
    view.setUint32(HEADER_BYTES + 4 * shard, end, true);
  });
  parts.forEach(({ id, manifest, bytes: length }, k) => {
    const at = table + PART_BYTES * k;
    bytes.set(fromHex(id), at);
    bytes.set(fromHex(manifest), at + NAME_BYTES);
    view.setFloat64(at + 2 * NAME_BYTES, length, true);
  });
  return bytes;
}

/**
 * The index of its blob.
 * @throws ManyhandsError INDEX_MALFORMED, also where a shard has more content than a run can be given
 */
export function decodePartsIndex(blob: Uint8Array): PartsIndex {
  if (blob.length < HEADER_BYTES) throw malformed();
  const head = [...MAGIC, VERSION, 0, 0, 0];
  if (head.some((byte, i) => blob[i] !== byte)) throw malformed();
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const shards = view.getUint32(8, true);
  const parts = view.getUint32(12, true);
  const table = HEADER_BYTES + 4 * shards;
  const sound = shards > 0 && shards <= MAX_PARTS && parts <= MAX_PARTS;
  if (!sound || blob.length !== table + PART_BYTES * parts) throw malformed();
  const refs: BlobRef[] = [];
  for (let k = 0; k < parts; k++) refs.push(partAt(blob, view, table + PART_BYTES * k));
  const index: BlobRef[][] = [];
  let from = 0;
  for (let shard = 0; shard < shards; shard++) {
    const to = view.getUint32(HEADER_BYTES + 4 * shard, true);
    if (to < from || to > parts) throw malformed();
    const own = refs.slice(from, to);
    if (contentBytes(own) > MAX_SHARD_BYTES) throw malformed();
    index.push(own);
    from = to;
  }
  if (from !== parts) throw malformed();
  return index;
}

/** Bytes of the content that these parts make. */
export function contentBytes(parts: readonly BlobRef[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

function partAt(blob: Uint8Array, view: DataView, at: number): BlobRef {
  const id = toHex(blob.subarray(at, at + NAME_BYTES));
  const manifest = toHex(blob.subarray(at + NAME_BYTES, at + 2 * NAME_BYTES));
  const bytes = view.getFloat64(at + 2 * NAME_BYTES, true);
  if (!Number.isInteger(bytes) || bytes < 1 || bytes > MAX_SHARD_BYTES) throw malformed();
  // A blob of one chunk has no manifest but itself, and a larger one never is its own.
  if (bytes <= CHUNK_BYTES !== (manifest === id)) throw malformed();
  return { id, bytes, manifest };
}

function malformed(): ManyhandsError {
  return new ManyhandsError(
    'INDEX_MALFORMED',
    'These bytes do not say which outputs the shards of a stage are given. Post the job again.',
  );
}
