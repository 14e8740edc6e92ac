import { expect, test } from 'vitest';
import { ManyhandsError } from '../../shared/errors.ts';
import type { Slices } from '../../shared/job/slices.ts';
import type { Batch, Runner, RunnerEvents } from '../sandbox/runner.ts';
import { exampleJob } from './core/test-jobs.ts';
import type { EngineEvent } from './events.ts';
import { SlotRunners } from './slot-runners.ts';

const job = exampleJob('a');
const slices: Slices = { bytes: new Uint8Array(1), starts: Float64Array.of(0, 1), offset: 0 };

interface Played {
  slots: SlotRunners;
  events: EngineEvent[];
  batches: Batch[];
  /** Contents that were asked for, by first shard. */
  contents: Map<number, PromiseWithResolvers<Slices>>;
  runner: () => RunnerEvents;
}

function play(load: () => Promise<void> = async () => {}): Played {
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
