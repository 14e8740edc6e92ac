import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { concat, fromUtf8 } from '../../../shared/bytes.ts';
import { JobSpec } from '../../../shared/job/spec.ts';
import { Outcome } from '../../../shared/verdict/outcome.ts';
import { encodeOutput } from '../../../shared/verdict/output.ts';
import type { VerdictRecord } from '../../scheduler/events.ts';
import type { JobRow, LoggedVerdicts } from '../../store/store.ts';
import { parseCursor } from './cursor.ts';
import { readFailures } from './failures.ts';
import { readLog } from './read-log.ts';
import { zipPieces } from './zip.ts';

const BLOCK = 4096;

/** A log with records of these lengths; every third verdict is a failure. */
function logOf(lengths: readonly number[]): LoggedVerdicts[] {
  return lengths.map((length, block) => ({
    // Sequences are those of all jobs together, so there are gaps between those of one.
    sequence: 3 * block + 2,
    verdicts: recordOf(block, length),
  }));
}

function recordOf(block: number, length: number): VerdictRecord {
  const output = encodeOutput({ value: '1' });
  return {
    job: 1,
    block,
    at: 0,
    shards: Uint16Array.from({ length }, (_, i) => i),
    statuses: Uint8Array.from({ length }, (_, i) => (i % 3 === 2 ? Outcome.trap : Outcome.ok)),
    agreed: new Uint8Array(length).fill(1),
    confidence: new Float32Array(length).fill(0.5),
    lengths: new Uint32Array(length).fill(output.length),
    outputs: concat(Array.from({ length }, () => output)),
    details: [],
  };
}

/** A store that gives `perPage` records at a time, as one with large records does. */
function storeOf(log: LoggedVerdicts[], perPage: number) {
  return {
    verdicts: async (_job: number, after: number) =>
      log.filter(({ sequence }) => sequence > after).slice(0, perPage),
    job: async () => null,
  };
}

const job = { number: 1, id: 'a', blockShards: BLOCK } as JobRow;
const quiet = { onJobChange: () => () => {} };

async function shardsBehind(log: LoggedVerdicts[], perPage: number, after?: string, limit = 1e9) {
  const verdicts: { shard: number; cursor: string }[] = [];
  const request = {
    after: parseCursor(after),
    limit,
    follow: false,
    signal: new AbortController().signal,
  };
  const parts = { store: storeOf(log, perPage), dispatcher: quiet };
  for await (const page of readLog(job, request, parts)) verdicts.push(...page);
  return verdicts.map(({ shard, cursor }) => ({ shard, cursor }));
}

const logs = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 6 }).map(logOf);

test('API-41 reading on from any cursor, in steps of any size, gives every verdict once', async () => {
  await fc.assert(
    fc.asyncProperty(
      logs,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 7 }),
      async (log, perPage, step) => {
        const all = await shardsBehind(log, perPage);
        const stepped: typeof all = [];
        for (;;) {
          const more = await shardsBehind(log, perPage, stepped.at(-1)?.cursor, step);
          if (more.length === 0) break;
          expect(more.length).toBeLessThanOrEqual(step);
          stepped.push(...more);
        }
        expect(stepped).toEqual(all);
        const total = log.reduce((sum, { verdicts }) => sum + verdicts.shards.length, 0);
        expect(all).toHaveLength(total);
      },
    ),
  );
});

test('API-46 paging through failures gives every failure once, and ends', async () => {
  await fc.assert(
    fc.asyncProperty(
      logs,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      async (log, perPage, limit) => {
        const store = storeOf(log, perPage);
        const shards: number[] = [];
        let next: string | null | undefined;
        do {
          const page = await readFailures(job, parseCursor(next ?? undefined), limit, store);
          shards.push(...page.failures.map(({ shard }) => shard));
          next = page.next;
        } while (next !== null);
        const expected = log.flatMap(({ verdicts: { block, statuses } }) =>
          [...statuses].flatMap((status, i) => (status === Outcome.ok ? [] : [block * BLOCK + i])),
        );
        expect(shards).toEqual(expected);
      },
    ),
  );
});

test('API-45 what does not fit into one archive is in the next, where the first says', async () => {
  const log = logOf(Array.from({ length: 17 }, () => BLOCK));
  const spec = JobSpec.parse({
    name: 'a',
    program: { kind: 'javascript', blob: '0'.repeat(64) },
    inputs: { kind: 'range', from: 1, to: 17 * BLOCK },
  });
  const archive = async (after?: string) => {
    const request = {
      after: parseCursor(after),
      limit: 1e9,
      follow: false,
      signal: new AbortController().signal,
    };
    const pages = readLog(job, request, { store: storeOf(log, 4), dispatcher: quiet });
    const pieces: Uint8Array[] = [];
    for await (const piece of zipPieces(pages, { spec, shards: 17 * BLOCK })) pieces.push(piece);
    return unzipSync(concat(pieces));
  };
  const first = await archive();
  const after = /after=(\S+)/.exec(fromUtf8(first['CONTINUE.txt']))?.[1];
  const second = await archive(after);
  expect(Object.keys(first).length - 1 + Object.keys(second).length).toBe(17 * BLOCK);
  expect(second).not.toHaveProperty('CONTINUE.txt');
});

test('API-42 a reader who goes away while following leaves nothing behind', async () => {
  const listeners = new Set<(job: number) => void>();
  const dispatcher = {
    onJobChange(listener: (job: number) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const leaving = new AbortController();
  const store = {
    verdicts: async () => [],
    job: async () => ({ ...job, state: 'running' }) as JobRow,
  };
  const request = { after: parseCursor(undefined), limit: 1, follow: true, signal: leaving.signal };
  const reading = readLog(job, request, { store, dispatcher }).next();
  await new Promise((resolve) => setImmediate(resolve));
  expect(listeners.size).toBe(1);
  leaving.abort();
  expect(await reading).toEqual({ done: true, value: undefined });
  expect(listeners.size).toBe(0);
});
