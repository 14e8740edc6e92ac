import { concat } from '../../../shared/bytes.ts';
import { DIGEST_BYTES } from '../../../shared/verdict/digest.ts';
import type { Segment } from './state.ts';

/** One segment of adjacent ones, in order. */
export function joinSegments(segments: readonly Segment[]): Segment {
  const [first] = segments;
  if (segments.length === 1) return first;
  const count = segments.reduce((sum, segment) => sum + segment.count, 0);
  const lengths = new Uint32Array(count);
  const details: Segment['details'] = [];
  let at = 0;
  for (const segment of segments) {
    lengths.set(segment.lengths, at);
    for (const detail of segment.details) details.push({ ...detail, at: detail.at + at });
    at += segment.count;
  }
  return {
    first: first.first,
    count,
    statuses: concat(segments.map((segment) => segment.statuses)),
    digests: concat(segments.map((segment) => segment.digests)),
    lengths,
    outputs: concat(segments.map((segment) => segment.outputs)),
    details,
    computeMicros: segments.reduce((sum, segment) => sum + segment.computeMicros, 0),
  };
}

/** A segment cut so that no part has more than `bytes` of outputs, unless one shard alone has. */
export function splitSegment(segment: Segment, bytes: number): Segment[] {
  if (segment.outputs.length <= bytes) return [segment];
  const parts: Segment[] = [];
  let start = 0;
  let startByte = 0;
  let endByte = 0;
  for (let k = 0; k < segment.count; k++) {
    const next = endByte + segment.lengths[k];
    if (k > start && next - startByte > bytes) {
      parts.push(part(segment, start, k, startByte, endByte));
      start = k;
      startByte = endByte;
    }
    endByte = next;
  }
  parts.push(part(segment, start, segment.count, startByte, endByte));
  return parts;
}

function part(
  segment: Segment,
  start: number,
  end: number,
  startByte: number,
  endByte: number,
): Segment {
  const count = end - start;
  return {
    first: segment.first + start,
    count,
    statuses: segment.statuses.slice(start, end),
    digests: segment.digests.slice(start * DIGEST_BYTES, end * DIGEST_BYTES),
    lengths: segment.lengths.slice(start, end),
    outputs: segment.outputs.slice(startByte, endByte),
    details: segment.details
      .filter(({ at }) => at >= start && at < end)
      .map((detail) => ({ ...detail, at: detail.at - start })),
    computeMicros: (segment.computeMicros * count) / segment.count,
  };
}
