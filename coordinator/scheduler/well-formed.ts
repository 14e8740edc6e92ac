import { BLOCK_SHARDS } from '../../shared/job/limits.ts';
import { DIGEST_BYTES } from '../../shared/verdict/digest.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import type { Results } from './events.ts';

const KNOWN_OUTCOMES: ReadonlySet<number> = new Set(Object.values(Outcome));

/** Whether the columns of a submission fit each other and say what can be. */
export function isWellFormed({ count, statuses, digests, lengths, outputs }: Results): boolean {
  if (count < 1 || count > BLOCK_SHARDS) return false;
  if (statuses.length !== count || digests.length !== count * DIGEST_BYTES) return false;
  if (lengths.length !== 4 * count) return false;
  const view = new DataView(lengths.buffer, lengths.byteOffset, lengths.byteLength);
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    if (!KNOWN_OUTCOMES.has(statuses[i])) return false;
    bytes += view.getUint32(4 * i, true);
  }
  return bytes === outputs.length;
}
