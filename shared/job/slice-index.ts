import { ManyhandsError } from '../errors.ts';
import type { FileFacts } from './inputs.ts';

/**
 * Where the shards of a file begin. Layout of the blob, little-endian: "MHSX", version u8 (1), kind
 * u8 (1 lines, 2 chunks), two zero bytes, then as f64: shards, stride, file bytes, and the offset
 * of every `stride`-th shard. Chunks have stride 1; the stride of lines is the least power of two
 * that keeps the index within `MAX_LINE_ENTRIES`.
 */
export interface SliceIndex extends FileFacts {
  kind: 'lines' | 'chunks';
  shards: number;
  stride: number;
  fileBytes: number;
  /** Offset of shard `k * stride` for each k. */
  offsets: Float64Array;
}

/** Half a megabyte of index at most, and fetches within 1/65536 of the file of what is needed. */
export const MAX_LINE_ENTRIES = 65_536;

const MAGIC = [0x4d, 0x48, 0x53, 0x58];
const VERSION = 1;
const KINDS = ['lines', 'chunks'] as const;
const HEADER_BYTES = 32;

/** The blob of an index. */
export function encodeIndex(index: Omit<SliceIndex, 'offsetOf'>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + 8 * index.offsets.length);
  bytes.set([...MAGIC, VERSION, KINDS.indexOf(index.kind) + 1]);
  const view = new DataView(bytes.buffer);
  view.setFloat64(8, index.shards, true);
  view.setFloat64(16, index.stride, true);
  view.setFloat64(24, index.fileBytes, true);
  index.offsets.forEach((offset, k) => {
    view.setFloat64(HEADER_BYTES + 8 * k, offset, true);
  });
  return bytes;
}

/**
 * The index of its blob.
 * @throws ManyhandsError INDEX_MALFORMED.
 */
export function decodeIndex(blob: Uint8Array): SliceIndex {
  if (blob.length < HEADER_BYTES || blob.length % 8 !== 0) throw malformed();
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const kind = KINDS[blob[5] - 1];
  if (MAGIC.some((byte, i) => blob[i] !== byte) || blob[4] !== VERSION || !kind) throw malformed();
  const shards = view.getFloat64(8, true);
  const stride = view.getFloat64(16, true);
  const fileBytes = view.getFloat64(24, true);
  const offsets = new Float64Array((blob.length - HEADER_BYTES) / 8);
  const sound =
    [shards, stride, fileBytes].every((value) => Number.isSafeInteger(value) && value > 0) &&
    shards <= fileBytes &&
    offsets.length === Math.ceil(shards / stride) &&
    (kind === 'lines' || stride === 1);
  if (!sound) throw malformed();
  for (let k = 0; k < offsets.length; k++) {
    const offset = view.getFloat64(HEADER_BYTES + 8 * k, true);
    const least = k === 0 ? 0 : offsets[k - 1] + 1;
    if (!Number.isSafeInteger(offset) || offset < least || offset >= fileBytes) throw malformed();
    offsets[k] = offset;
  }
  if (offsets[0] !== 0) throw malformed();
  const index: SliceIndex = { kind, shards, stride, fileBytes, offsets };
  if (kind === 'chunks') index.offsetOf = (shard) => offsets[shard];
  return index;
}

function malformed(): ManyhandsError {
  return new ManyhandsError(
    'INDEX_MALFORMED',
    'These bytes are not the index of an input file. Post the job again.',
  );
}
