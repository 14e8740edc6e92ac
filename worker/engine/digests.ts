import { equalBytes } from '../../shared/bytes.ts';
import { DIGEST_BYTES, outputDigest } from '../../shared/verdict/digest.ts';
import { isTransient } from '../../shared/verdict/outcome.ts';
import type { BatchReport } from '../sandbox/runner.ts';

/** Digest of one outcome and its canonical output: `outputDigest`, or a faster one of the host. */
export type Digest = (outcome: number, output: Uint8Array) => Uint8Array;

/**
 * The digests column of a report: 32 bytes a shard, zeros for transient outcomes. Neighbours often
 * have the same output ("nothing found"), so the last digest is used again for as long as it holds.
 */
export function reportDigests(
  { count, statuses, lengths, outputs }: BatchReport,
  digest: Digest = outputDigest,
): Uint8Array<ArrayBuffer> {
  const column = new Uint8Array(count * DIGEST_BYTES);
  let last: { status: number; output: Uint8Array; digest: Uint8Array } | null = null;
  let at = 0;
  for (let k = 0; k < count; k++) {
    const status = statuses[k];
    const output = outputs.subarray(at, at + lengths[k]);
    at += lengths[k];
    if (isTransient(status)) continue;
    if (!last || last.status !== status || !equalBytes(last.output, output))
      last = { status, output, digest: digest(status, output) };
    column.set(last.digest, k * DIGEST_BYTES);
  }
  return column;
}
