import { createHash } from 'node:crypto';
import type { ShardDetail } from '../../shared/api/schemas.ts';
import { toHex } from '../../shared/bytes.ts';
import { DIGEST_BYTES } from '../../shared/verdict/digest.ts';
import { GAVE_UP, Outcome, outcomeName } from '../../shared/verdict/outcome.ts';
import type { SubmissionRecord } from '../scheduler/events.ts';
import type { JobRow, Store } from '../store/store.ts';
import { type Verdict, verdictsOf } from './results/row.ts';

/** How a shard's verdict came about, or how far it is: who computed it, and what they answered. */
export async function shardDetail(
  job: JobRow,
  shard: number,
  store: Pick<Store, 'blockVerdicts' | 'submissionsOf'>,
): Promise<ShardDetail> {
  const block = Math.floor(shard / job.blockShards);
  const verdict = await lastVerdict(job, shard, block, store);
  const digest = verdict && verdict.status !== GAVE_UP ? verdictDigest(verdict) : null;
  const submissions = await store.submissionsOf(job.number, block);
  const replicas = submissions
    .filter(({ results }) => results.first <= shard && shard < results.first + results.count)
    .map((submission) => toReplica(submission, shard, verdict !== null, digest));
  return { shard, state: stateOf(verdict, replicas.length), replicas };
}

async function lastVerdict(
  job: JobRow,
  shard: number,
  block: number,
  store: Pick<Store, 'blockVerdicts'>,
): Promise<Verdict | null> {
  let last: Verdict | null = null;
  for (const record of await store.blockVerdicts(job.number, block))
    for (const verdict of verdictsOf(record, job)) if (verdict.shard === shard) last = verdict;
  return last;
}

/** As `outputDigest`, with the faster hash of this side. */
function verdictDigest({ status, output }: Verdict): string {
  return createHash('sha256').update(Uint8Array.of(status)).update(output).digest('hex');
}

function stateOf(verdict: Verdict | null, replicas: number): ShardDetail['state'] {
  if (verdict) return verdict.status === Outcome.ok ? 'done' : 'failed';
  return replicas > 0 ? 'active' : 'waiting';
}

function toReplica(
  { claim, at, results }: SubmissionRecord,
  shard: number,
  decided: boolean,
  verdictDigest: string | null,
): ShardDetail['replicas'][number] {
  const place = shard - results.first;
  const digest = toHex(results.digests.subarray(DIGEST_BYTES * place, DIGEST_BYTES * (place + 1)));
  const detail = results.details.find((candidate) => candidate.at === place);
  return {
    node: claim.nodeKey,
    outcome: outcomeName(results.statuses[place]) ?? 'unknown',
    digest,
    agreed: decided ? digest === verdictDigest : null,
    at,
    message: detail?.message ?? '',
    stderr: detail?.stderr ?? '',
    signature: toHex(results.signature),
  };
}
