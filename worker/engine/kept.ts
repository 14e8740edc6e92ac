import * as z from 'zod/mini';
import { JobView } from '../../shared/job/view.ts';
import { NodeFrame } from '../../shared/protocol/frames.ts';
import type { Kept, KeptSubmission } from './events.ts';

const Bytes = z.instanceof(Uint8Array<ArrayBuffer>);
const Count = z.int().check(z.nonnegative());

const KeptFrame = z.object({ key: z.string(), frame: NodeFrame });
const KeptLease = z.object({
  key: z.string(),
  job: JobView,
  first: Count,
  count: Count,
  deadline: Count,
  ticket: Bytes,
});
const KeptCheckpoint = z.object({ job: z.string(), shard: Count, bytes: Bytes });

/**
 * What a storage holds, checked: it may have been written by an older version, or be damaged.
 * Items that do not fit are left out.
 */
export function readKept(stored: {
  submissions: readonly unknown[];
  leases: readonly unknown[];
  checkpoints: readonly unknown[];
}): Kept {
  return {
    submissions: fitting(KeptFrame, stored.submissions).flatMap(
      ({ key, frame }): KeptSubmission[] => (frame.type === 'submit' ? [{ key, frame }] : []),
    ),
    leases: fitting(KeptLease, stored.leases),
    checkpoints: fitting(KeptCheckpoint, stored.checkpoints),
  };
}

function fitting<T>(schema: z.ZodMiniType<T>, items: readonly unknown[]): T[] {
  return items.flatMap((item) => {
    const parsed = schema.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
}
