import { ManyhandsError } from '../errors.ts';
import type { SlicedInputs } from './index-builder.ts';
import type { SliceIndex } from './slice-index.ts';

/** Bytes `start .. end - 1` of the file. */
export interface ByteRange {
  start: number;
  end: number;
}

/** Contents of contiguous shards: shard `first + k` is `bytes[starts[k] .. starts[k + 1]]`. */
export interface Slices {
  bytes: Uint8Array<ArrayBuffer>;
  starts: Float64Array<ArrayBuffer>;
  /** Place of `bytes[0]` in the file. */
  offset: number;
}

/** Which part of the file to fetch for `splitSlices` of the same shards. */
export function shardRange(index: SliceIndex, first: number, count: number): ByteRange {
  if (first < 0 || count < 1 || first + count > index.shards) {
    throw new RangeError('shards outside of the index');
  }
  const start = index.offsets[Math.floor(first / index.stride)];
  const end = index.offsets[Math.ceil((first + count) / index.stride)] ?? index.fileBytes;
  return { start, end };
}

/**
 * The contents of shards `first .. first + count - 1` from the bytes of their `shardRange`.
 * @throws ManyhandsError SLICES_MISMATCH where the bytes are not of the file that was indexed.
 */
export function splitSlices(
  index: SliceIndex,
  inputs: SlicedInputs,
  first: number,
  count: number,
  bytes: Uint8Array<ArrayBuffer>,
): Slices {
  const range = shardRange(index, first, count);
  if (bytes.length !== range.end - range.start) throw mismatch();
  const places =
    inputs.kind === 'lines'
      ? linePlaces(bytes, inputs.perShard, first % index.stride, count)
      : chunkPlaces(index, first, count);
  // The file's bytes before the first and behind the last shard asked for are left out.
  const begin = places[0];
  const slices = bytes.subarray(begin, places[count]);
  for (let k = 0; k <= count; k++) places[k] -= begin;
  return { bytes: slices, starts: places, offset: range.start + begin };
}

function chunkPlaces(index: SliceIndex, first: number, count: number): Float64Array<ArrayBuffer> {
  const places = new Float64Array(count + 1);
  for (let k = 0; k <= count; k++) {
    places[k] = (index.offsets[first + k] ?? index.fileBytes) - index.offsets[first];
  }
  return places;
}

/** Starts of `count` shards in bytes that begin `skip` shards before them. */
function linePlaces(
  bytes: Uint8Array,
  perShard: number,
  skip: number,
  count: number,
): Float64Array<ArrayBuffer> {
  let at = skipLines(bytes, 0, skip * perShard);
  const places = new Float64Array(count + 1);
  for (let k = 0; k < count; k++) {
    if (at === bytes.length) throw mismatch();
    places[k] = at;
    at = skipLines(bytes, at, perShard);
  }
  places[count] = at;
  return places;
}

function skipLines(bytes: Uint8Array, from: number, lines: number): number {
  let at = from;
  for (let n = 0; n < lines && at < bytes.length; n++) {
    const newline = bytes.indexOf(0x0a, at);
    at = newline < 0 ? bytes.length : newline + 1;
  }
  return at;
}

function mismatch(): ManyhandsError {
  return new ManyhandsError(
    'SLICES_MISMATCH',
    'The input file is not the one that the job was posted with. Post the job again.',
  );
}
