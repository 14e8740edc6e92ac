import type { Failure, FailurePage } from '../../../shared/api/schemas.ts';
import { Outcome } from '../../../shared/verdict/outcome.ts';
import type { JobRow, LoggedVerdicts, Store } from '../../store/store.ts';
import { type Cursor, cursorText } from './cursor.ts';
import { failureName, verdictsOf } from './row.ts';

/** Log that one page may read through in search of failures: some milliseconds of it. */
const SEARCH_BYTES = 16 * 1024 * 1024;

/**
 * The failed verdicts behind a cursor: as many as `limit` and a bounded search allow.
 */
export async function readFailures(
  job: JobRow,
  after: Cursor,
  limit: number,
  store: Pick<Store, 'verdicts'>,
): Promise<FailurePage> {
  const records = await recordsBehind(job, after, store);
  const failures: Failure[] = [];
  for (const record of records) {
    if (record.verdicts.statuses.every((status) => status === Outcome.ok)) continue;
    const from = record.sequence === after.sequence ? after.offset : 0;
    for (const verdict of verdictsOf(record, job, from)) {
      if (verdict.status === Outcome.ok) continue;
      const { shard, cursor, status, message, stderr } = verdict;
      failures.push({ shard, cursor, outcome: failureName(status), message, stderr });
      if (failures.length === limit) return { failures, next: cursor };
    }
  }
  const last = records.at(-1);
  if (!last) return { failures, next: null };
  const { sequence, verdicts } = last;
  const isEnd = (await store.verdicts(job.number, sequence, 1)).length === 0;
  if (isEnd) return { failures, next: null };
  return { failures, next: cursorText({ sequence, offset: verdicts.shards.length }) };
}

/** Records of which something lies behind the cursor; the first may lie around it. */
async function recordsBehind(
  { number }: JobRow,
  { sequence, offset }: Cursor,
  store: Pick<Store, 'verdicts'>,
): Promise<LoggedVerdicts[]> {
  const records = await store.verdicts(number, Math.max(0, sequence - 1), SEARCH_BYTES);
  const isBehind = (record: LoggedVerdicts) =>
    record.sequence !== sequence || offset < record.verdicts.shards.length;
  if (records.some(isBehind)) return records.filter(isBehind);
  return store.verdicts(number, sequence, SEARCH_BYTES);
}
