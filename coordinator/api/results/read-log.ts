import type { Dispatcher } from '../../gateway/dispatcher.ts';
import { hasEnded } from '../../stages/chain.ts';
import type { JobRow, LoggedVerdicts, Store } from '../../store/store.ts';
import type { Cursor } from './cursor.ts';
import { type RowContext, type Verdict, verdictsOf } from './row.ts';

/** Bytes of the log held in memory at a time for one reader. */
const READ_BYTES = 1024 * 1024;
/** A reader that follows looks again this often even if nobody told it of news. */
const LOOK_AGAIN_MS = 5_000;

/** What reading a log needs. */
export interface LogParts {
  store: Pick<Store, 'verdicts' | 'job'>;
  dispatcher: Pick<Dispatcher, 'onJobChange'>;
}

export interface LogRequest {
  after: Cursor;
  /** Verdicts at most. */
  limit: number;
  /** Wait for more until the job ends. */
  follow: boolean;
  signal: AbortSignal;
}

/**
 * A job's verdicts in log order, in pages of what is there, each to be read through once. Ends at the end of the log; with
 * `follow` only once the job has ended as well. Stops quietly when the signal aborts.
 */
export async function* readLog(
  job: JobRow,
  { after, limit, follow, signal }: LogRequest,
  { store, dispatcher }: LogParts,
): AsyncGenerator<Iterable<Verdict>> {
  const news = follow ? watchJob(job, dispatcher, signal) : null;
  // The record of the cursor is read again, because the cursor may lie in its middle.
  let readAfter = Math.max(0, after.sequence - 1);
  let left = limit;
  let ended = false;
  try {
    while (!signal.aborted) {
      const records = await store.verdicts(job.number, readAfter, READ_BYTES);
      if (records.length > 0) {
        yield takeVerdicts(records, { after, limit: left }, job);
        left -= countVerdicts(records, after);
        if (left <= 0) return;
        readAfter = records[records.length - 1].sequence;
        continue;
      }
      // An ended job is read once more: its last verdicts came before its end, but after our look.
      if (!news || ended) return;
      const row = await store.job(job.id);
      ended = !row || hasEnded(row);
      if (!ended) await news.next();
    }
  } finally {
    news?.stop();
  }
}

function* takeVerdicts(
  records: readonly LoggedVerdicts[],
  { after, limit }: Pick<LogRequest, 'after' | 'limit'>,
  context: Pick<RowContext, 'blockShards'>,
): Generator<Verdict> {
  let left = limit;
  for (const record of records)
    for (const verdict of verdictsOf(record, context, firstPlace(record, after))) {
      yield verdict;
      left--;
      if (left === 0) return;
    }
}

function countVerdicts(records: readonly LoggedVerdicts[], after: Cursor): number {
  let count = 0;
  for (const record of records)
    count += Math.max(0, record.verdicts.shards.length - firstPlace(record, after));
  return count;
}

/** The cursor may lie in the middle of its record. */
function firstPlace({ sequence }: LoggedVerdicts, after: Cursor): number {
  return sequence === after.sequence ? after.offset : 0;
}

interface News {
  /** Resolves at the next change, after a while, or when the reader is gone. */
  next(): Promise<void>;
  stop(): void;
}

function watchJob(job: JobRow, dispatcher: LogParts['dispatcher'], signal: AbortSignal): News {
  let changed = false;
  let wake = () => {};
  const tell = () => {
    changed = true;
    wake();
  };
  const forget = dispatcher.onJobChange((number) => {
    if (number === job.number) tell();
  });
  signal.addEventListener('abort', tell);
  return {
    async next() {
      if (!changed) {
        const timer = setTimeout(tell, LOOK_AGAIN_MS);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        clearTimeout(timer);
      }
      changed = false;
    },
    stop() {
      forget();
      signal.removeEventListener('abort', tell);
    },
  };
}
