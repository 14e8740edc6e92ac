import { describe, expect, test } from 'vitest';
import { utf8 } from '../../shared/bytes.ts';
import type { JobView } from '../../shared/job/view.ts';
import type { Executor, RunResult, ShardRun } from '../executors/executor.ts';
import { failure, success } from '../executors/results.ts';
import type { FromSandbox } from './messages.ts';
import type { Batch } from './runner.ts';
import { workerBody } from './worker-body.ts';

const JOB = {
  id: 'job',
  inputs: { kind: 'chunks', file: '', bytes: 1024 },
} as unknown as JobView;

/** Runs one batch with an executor that does what the test says, and gives what was sent. */
async function runBatch(
  run: (shard: ShardRun) => RunResult | Promise<RunResult>,
  batch: Partial<Batch>,
): Promise<FromSandbox[]> {
  const sent: FromSandbox[] = [];
  const executor: Executor = { prepare: async () => ({ run }) };
  const done = Promise.withResolvers<void>();
  let left = batch.count ?? 1;
  const receive = workerBody(executor, (message) => {
    sent.push(message);
    if (message.type === 'report') left -= message.count;
    if (left === 0) done.resolve();
  });
  receive({ type: 'load', job: JOB, program: new Uint8Array(), blobs: new Map() });
  const count = batch.count ?? 1;
  receive({
    type: 'run',
    batch: {
      id: 3,
      jobId: 'job',
      first: 20,
      count,
      content: {
        bytes: new Uint8Array(10 * count),
        starts: Float64Array.from({ length: count + 1 }, (_, k) => 10 * k),
        offset: 500,
      },
      checkpoint: null,
      isolate: false,
      ...batch,
    },
  });
  await done.promise;
  return sent;
}

const reportsOf = (sent: FromSandbox[]) => sent.filter((message) => message.type === 'report');

describe('the worker of a sandbox', () => {
  test('SBX-16 one report for many quick shards, in columns', async () => {
    const sent = await runBatch(({ shard }) => success(utf8(String(shard)), ''), { count: 3 });
    expect(sent[0]).toEqual({ type: 'loaded' });
    expect(reportsOf(sent)).toMatchObject([
      {
        batch: 3,
        first: 20,
        count: 3,
        statuses: Uint8Array.of(0, 0, 0),
        lengths: Uint32Array.of(2, 2, 2),
        outputs: utf8('202122'),
        details: [],
      },
    ]);
  });

  test('SBX-16 a report after each shard where the batch says so', async () => {
    const sent = await runBatch(() => success(utf8('x'), ''), { count: 3, isolate: true });
    expect(reportsOf(sent).map(({ first, count }) => [first, count])).toEqual([
      [20, 1],
      [21, 1],
      [22, 1],
    ]);
  });

  test('SBX-16 a report as soon as computing took long or outputs are large', async () => {
    const slow = await runBatch(
      async ({ shard }) => {
        if (shard === 21) await new Promise((resolve) => setTimeout(resolve, 30));
        return success(utf8('x'), '');
      },
      { count: 4 },
    );
    expect(reportsOf(slow)[0]).toMatchObject({ first: 20, count: 2 });
    const large = await runBatch(() => success(new Uint8Array(600_000), ''), { count: 4 });
    expect(reportsOf(large)[0]).toMatchObject({ first: 20, count: 2 });
  });

  test('SBX-17 details of failures, and with keepStderr of others that wrote', async () => {
    const run = ({ shard }: ShardRun) =>
      shard === 21 ? failure(1, 'crashed', 'why') : success(utf8(''), 'noted');
    const [plain] = reportsOf(await runBatch(run, { count: 3 }));
    expect(plain.details).toEqual([{ at: 1, message: 'crashed', stderr: 'why' }]);
    const [kept] = reportsOf(await runBatch(run, { count: 3, keepStderr: true }));
    expect(kept.details.map(({ at }) => at)).toEqual([0, 1, 2]);
  });

  test('SBX-17 at most 64 details a report', async () => {
    const [report] = reportsOf(await runBatch(() => failure(1, 'no', ''), { count: 100 }));
    expect(report.details).toHaveLength(64);
  });

  test('SBX-18 checkpoints of a program that never stops writing are thinned out', async () => {
    const sent = await runBatch(({ onCheckpoint }) => {
      for (let n = 0; n < 1000; n++) onCheckpoint(new Uint8Array(1));
      return success(utf8(''), '');
    }, {});
    expect(sent.filter(({ type }) => type === 'checkpoint')).toHaveLength(1);
  });

  test('SBX-16 each shard has its own content and place, the first one the checkpoint', async () => {
    const seen: unknown[] = [];
    await runBatch(
      ({ fields, checkpoint }) => {
        seen.push([fields.offset, (fields.content as Uint8Array).length, checkpoint?.length]);
        return success(utf8(''), '');
      },
      { count: 2, checkpoint: new Uint8Array(7) },
    );
    expect(seen).toEqual([
      [500, 10, 7],
      [510, 10, undefined],
    ]);
  });

  test('SBX-14 an executor that breaks down itself is a crash, not an answer', async () => {
    const [report] = reportsOf(
      await runBatch(() => {
        throw new RangeError('no memory left');
      }, {}),
    );
    expect([...report.statuses]).toEqual([18]);
  });
});
