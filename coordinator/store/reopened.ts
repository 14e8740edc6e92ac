import { DIGEST_BYTES } from '../../shared/verdict/digest.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import type { Results, SubmissionRecord } from '../scheduler/events.ts';

/** Shards of one block that were opened again: what came up to the two places does not count for them. */
export interface Retry {
  afterSubmission: number;
  afterVerdict: number;
  /** Shard numbers within the block, ascending. */
  shards: Uint16Array;
}

/** Which shards of a block have which verdict, without the outputs. */
export interface StatusRecord {
  sequence: number;
  shards: Uint16Array;
  statuses: Uint8Array;
}

/** Outcomes of the shards (within the block) that have a verdict which no retry has opened since. */
export function standingStatuses(
  verdicts: readonly StatusRecord[],
  retries: readonly Retry[],
): Map<number, number> {
  const standing = new Map<number, number>();
  let next = 0;
  const openUpTo = (sequence: number) => {
    for (; next < retries.length && retries[next].afterVerdict < sequence; next++)
      for (const shard of retries[next].shards) standing.delete(shard);
  };
  for (const { sequence, shards, statuses } of verdicts) {
    openUpTo(sequence);
    for (let i = 0; i < shards.length; i++) standing.set(shards[i], statuses[i]);
  }
  openUpTo(Number.POSITIVE_INFINITY);
  return standing;
}

/** Shards (within the block) whose standing verdict is a failure, ascending. */
export function failedShards(standing: ReadonlyMap<number, number>): number[] {
  return [...standing]
    .filter(([, status]) => status !== Outcome.ok)
    .map(([shard]) => shard)
    .sort((a, b) => a - b);
}

/** Shards (within the block) that a retry opened and that have no standing verdict, ascending. */
export function openShards(
  standing: ReadonlyMap<number, number>,
  retries: readonly Retry[],
): number[] {
  const open = new Set<number>();
  for (const { shards } of retries)
    for (const shard of shards) if (!standing.has(shard)) open.add(shard);
  return [...open].sort((a, b) => a - b);
}

/**
 * What of a submission still counts: itself, or the pieces that are left of it where retries opened
 * shards in it. The signature goes with every piece, though it answers for the whole only.
 *
 * @param number the submission's place in the order of submissions
 * @param blockFirst the block's first shard
 */
export function countingParts(
  submission: SubmissionRecord,
  number: number,
  retries: readonly Retry[],
  blockFirst: number,
): SubmissionRecord[] {
  const excluded = new Set<number>();
  for (const { afterSubmission, shards } of retries)
    if (number <= afterSubmission) for (const shard of shards) excluded.add(blockFirst + shard);
  if (excluded.size === 0) return [submission];

  const { results } = submission;
  const parts: SubmissionRecord[] = [];
  let from = 0;
  for (let at = 0; at <= results.count; at++) {
    if (at < results.count && !excluded.has(results.first + at)) continue;
    if (at > from) parts.push({ ...submission, results: sliceResults(results, from, at) });
    from = at + 1;
  }
  return parts;
}

/** The results at `from .. to - 1` of the columns. Its computing time is its share by shards. */
function sliceResults(results: Results, from: number, to: number): Results {
  const lengths = new DataView(
    results.lengths.buffer,
    results.lengths.byteOffset,
    results.lengths.byteLength,
  );
  const bytesBefore = (end: number) => {
    let bytes = 0;
    for (let i = 0; i < end; i++) bytes += lengths.getUint32(4 * i, true);
    return bytes;
  };
  return {
    first: results.first + from,
    count: to - from,
    statuses: results.statuses.subarray(from, to),
    digests: results.digests.subarray(DIGEST_BYTES * from, DIGEST_BYTES * to),
    lengths: results.lengths.subarray(4 * from, 4 * to),
    outputs: results.outputs.subarray(bytesBefore(from), bytesBefore(to)),
    details: results.details
      .filter(({ at }) => at >= from && at < to)
      .map((detail) => ({ ...detail, at: detail.at - from })),
    computeMicros: Math.round((results.computeMicros * (to - from)) / results.count),
    signature: results.signature,
  };
}
