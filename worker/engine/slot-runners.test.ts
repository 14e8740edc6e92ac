import { expect, test } from 'vitest';
import { describeBlob } from '../../shared/blob/manifest.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import type { Slices } from '../../shared/job/slices.ts';
import { decodeOutput, encodeOutput } from '../../shared/verdict/output.ts';
import type { Batch, BatchReport, Runner, RunnerEvents } from '../sandbox/runner.ts';
import { exampleJob } from './core/test-jobs.ts';
import type { EngineEvent } from './events.ts';
import { SlotRunners } from './slot-runners.ts';

const limits = { timeMs: 10_000, memoryMiB: 64, outputBytes: 1024 * 1024 };
const job = exampleJob('a', { limits });
const slices: Slices = { bytes: new Uint8Array(1), starts: Float64Array.of(0, 1), offset: 0 };

interface Played {
  slots: SlotRunners;
  events: EngineEvent[];
  batches: Batch[];
  /** Contents that were asked for, by first shard. */
  contents: Map<number, PromiseWithResolvers<Slices>>;
  runner: () => RunnerEvents;
}

function play(
  load: () => Promise<void> = async () => {},
  keep: (job: string, bytes: Uint8Array<ArrayBuffer>) => Promise<BlobRef> = async (_job, bytes) =>
    describeBlob(bytes).ref,
): Played {
  const events: EngineEvent[] = [];
  const batches: Batch[] = [];
  const contents = new Map<number, PromiseWithResolvers<Slices>>();
  let runnerEvents: RunnerEvents | null = null;
  const slots = new SlotRunners({
    createRunner: (_slot, given): Runner => {
      runnerEvents = given;
      return { load, run: (batch) => batches.push(batch), kill() {}, dispose() {} };
    },
    fetched: () => ({
      program: new Uint8Array(0),
      blobs: new Map(),
      content: (first) => {
        const content = Promise.withResolvers<Slices>();
        contents.set(first, content);
        return content.promise;
      },
    }),
    keepOutput: keep,
    dispatch: (event) => events.push(event),
  });
  slots.apply({ type: 'create-slot', slot: 1 });
  const runner = () => {
    if (!runnerEvents) throw new Error('no runner was made');
    return runnerEvents;
  };
  return { slots, events, batches, contents, runner };
}

function run(slots: SlotRunners, id: number): void {
  const batch = { id, first: id * 10, count: 1, checkpoint: null, isolate: false };
  slots.apply({ type: 'run', slot: 1, job, batch });
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

test('ENG-45 batches reach their runner in order, whichever content comes first', async () => {
  const { slots, events, batches, contents } = play();
  run(slots, 1);
  run(slots, 2);
  contents.get(20)?.resolve(slices);
  await settle();
  expect(batches).toEqual([]);
  contents.get(10)?.resolve(slices);
  await settle();
  expect(batches.map(({ id }) => id)).toEqual([1, 2]);
  expect(events.map(({ type }) => type)).toEqual(['staged', 'staged']);
});

test('ENG-45 content that cannot be had fails its batch, and not the next', async () => {
  const { slots, events, batches, contents } = play();
  run(slots, 1);
  run(slots, 2);
  contents.get(10)?.reject(new ManyhandsError('DOWNLOAD_FAILED', 'gone'));
  contents.get(20)?.resolve(slices);
  await settle();
  expect(batches.map(({ id }) => id)).toEqual([2]);
  expect(events).toEqual([
    { type: 'stage-failed', slot: 1, batch: 1, message: 'gone' },
    { type: 'staged', slot: 1, batch: 2 },
  ]);
});

test('ENG-45 what was on its way to a slot that was killed never arrives', async () => {
  const { slots, events, batches, contents } = play();
  run(slots, 1);
  slots.apply({ type: 'kill-slot', slot: 1 });
  contents.get(10)?.resolve(slices);
  await settle();
  expect(batches).toEqual([]);
  expect(events).toEqual([]);
});

test('ENG-10 the code of a program that cannot be loaded reaches the engine', async () => {
  const { slots, events } = play(async () => {
    throw new ManyhandsError('PROGRAM_INVALID', 'imports env.f');
  });
  slots.apply({ type: 'load', slot: 1, load: 5, job });
  await settle();
  expect(events).toEqual([
    { type: 'load-failed', slot: 1, load: 5, code: 'PROGRAM_INVALID', message: 'imports env.f' },
  ]);
});

test('ENG-9 what a runner says becomes events of its slot', () => {
  const { events, runner } = play();
  runner().onReady();
  runner().onDied('broke');
  expect(events).toEqual([
    { type: 'slot-ready', slot: 1 },
    { type: 'slot-died', slot: 1, reason: 'broke' },
  ]);
});

const LARGE = new Uint8Array(job.referredFromBytes).fill(7);

/** A report of one shard of batch `batch` with this standard output. */
function reportOf(batch: number, stdout: Uint8Array): BatchReport {
  const outputs = encodeOutput({ stdout });
  return {
    batch,
    first: batch * 10,
    count: 1,
    statuses: Uint8Array.of(0),
    lengths: Uint32Array.of(outputs.length),
    outputs,
    details: [],
    computeMicros: 1,
  };
}

const told = (events: EngineEvent[]) =>
  events.map(({ type }) => type).filter((type) => type !== 'staged');

test('SWM-112 a report with a large output waits until that is kept, and what follows waits with it', async () => {
  const kept = Promise.withResolvers<BlobRef>();
  const { slots, events, runner, contents } = play(undefined, () => kept.promise);
  run(slots, 1);
  contents.get(10)?.resolve(slices);
  await settle();
  runner().onReport(reportOf(1, LARGE));
  runner().onDied('broke');
  await settle();
  expect(told(events)).toEqual([]);
  kept.resolve(describeBlob(LARGE).ref);
  await settle();
  expect(told(events)).toEqual(['report', 'slot-died']);
  const report = events.find((event) => event.type === 'report');
  expect(decodeOutput(report?.report.outputs ?? LARGE).referred?.[0]).toMatchObject({
    field: 'stdout',
    blob: describeBlob(LARGE).ref,
  });
});

test('SWM-114 a report whose output has no room is not told, but that there is none', async () => {
  const full = new ManyhandsError('OUTPUT_NOT_KEPT', 'There is no room.');
  const { slots, events, runner } = play(undefined, () => Promise.reject(full));
  run(slots, 1);
  runner().onReport(reportOf(1, LARGE));
  await settle();
  expect(events.at(-1)).toEqual({
    type: 'keep-failed',
    slot: 1,
    batch: 1,
    code: 'OUTPUT_NOT_KEPT',
    message: 'There is no room.',
  });
  expect(told(events)).toEqual(['keep-failed']);
});

test('SWM-112 a report without large outputs is told at once', () => {
  const { slots, events, runner } = play();
  run(slots, 1);
  runner().onReport(reportOf(1, new Uint8Array(9)));
  expect(told(events)).toEqual(['report']);
});

test('SWM-112 what is kept for a slot that was killed meanwhile is not told', async () => {
  const kept = Promise.withResolvers<BlobRef>();
  const { slots, events, runner } = play(undefined, () => kept.promise);
  run(slots, 1);
  runner().onReport(reportOf(1, LARGE));
  slots.apply({ type: 'kill-slot', slot: 1 });
  runner().onReady();
  kept.resolve(describeBlob(LARGE).ref);
  await settle();
  expect(told(events)).toEqual(['slot-ready']);
});
