import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { exampleJob } from './test-jobs.ts';
import { TestWorld } from './test-world.ts';
import { ticketKey } from './ticket.ts';

/** The same cases in every run; other seeds were tried when this was written. */
const SEED = 20_261_120;

const jobs = [
  exampleJob('tiny'),
  exampleJob('file', { inputs: { kind: 'lines', file: 'b'.repeat(64), perShard: 1 } }),
  exampleJob('slow', { limits: { timeMs: 500, memoryMiB: 64, outputBytes: 16 } }),
];

/** Things that can happen; each takes one number to choose with. */
const happenings: Record<string, (world: TestWorld, choice: number) => void> = {
  pass: (world, choice) => world.pass(choice % 5_000),
  join: (world) => world.join(),
  drop: (world) => world.drop(),
  serve: (world) => world.serve(),
  lease: (world, choice) => {
    if (world.engine.state.connection.state !== 'joined') return;
    const job = jobs[choice % jobs.length];
    // Shard ranges may overlap those of other leases, as replicas of one shard never do here.
    world.lease(job, (choice % 97) * 64, 1 + (choice % 64), choice % 7 === 0 ? 1_000 : 3_600_000);
  },
  report: (world, choice) => {
    const busy = runnable(world);
    if (busy.length > 0)
      world.report(busy[choice % busy.length], 1 + (choice % 5), 1 + ((choice * 7) % 300_000));
  },
  ack: (world) => world.ackAll(),
  sign: (world) => world.signAll(),
  revoke: (world, choice) => {
    const leases = [...world.engine.state.leases.values()];
    if (leases.length === 0 || world.engine.state.connection.state !== 'joined') return;
    const lease = leases[choice % leases.length];
    world.ended.add(lease.key);
    const reason = (['cancelled', 'decided', 'expired', 'unknown'] as const)[choice % 4];
    world.receive({ type: 'revoke', tickets: [lease.ticket], reason });
  },
  die: (world, choice) => {
    const slots = [...world.slots.keys()];
    if (slots.length > 0)
      world.handle({ type: 'slot-died', slot: slots[choice % slots.length], reason: 'broke' });
  },
  checkpoint: (world, choice) => {
    const busy = runnable(world);
    if (busy.length === 0) return;
    const slot = busy[choice % busy.length];
    const head = world.slots.get(slot)?.batches[0];
    if (!head) return;
    const bytes = Uint8Array.of(choice % 256);
    world.handle({ type: 'checkpoint', slot, batch: head.batch.id, shard: head.next, bytes });
  },
  loadFails: (world, choice) => {
    const load = world.loads.shift();
    if (!load) return;
    const code = choice % 3 === 0 ? 'PROGRAM_INVALID' : 'SANDBOX_BROKEN';
    world.handle({ type: 'load-failed', slot: load.slot, load: load.load, code, message: 'no' });
  },
  fetchFails: (world) => {
    const fetch = world.fetching.shift();
    if (fetch) world.handle({ type: 'fetch-failed', job: fetch.job.id, message: 'no' });
  },
  stageFails: (world) => {
    const batch = world.unstaged.shift();
    if (batch) world.failStage(batch);
  },
  pause: (world) => world.handle({ type: 'pause' }),
  resume: (world) => world.handle({ type: 'resume' }),
  finish: (world) => world.handle({ type: 'finish' }),
  cancelFinish: (world) => world.handle({ type: 'cancel-finish' }),
  threads: (world, choice) =>
    world.handle({ type: 'budget', threads: choice % 5, reason: 'pressure' }),
};

/** Slots whose first batch has reached its runner. */
function runnable(world: TestWorld): number[] {
  return [...world.slots]
    .filter(
      ([
        ,
        {
          batches: [head],
        },
      ]) => head !== undefined,
    )
    .filter(([slot, { batches }]) => {
      return !world.unstaged.some((it) => it.slot === slot && it.batch === batches[0].batch.id);
    })
    .map(([slot]) => slot);
}

const plan = fc.array(
  fc.tuple(fc.constantFrom(...Object.keys(happenings)), fc.nat({ max: 1_000_000 })),
  { minLength: 20, maxLength: 150 },
);

async function play(happened: readonly (readonly [string, number])[]): Promise<TestWorld> {
  const world = new TestWorld();
  world.begin(3);
  for (const [name, choice] of happened) {
    if (world.stopped) break;
    happenings[name](world, choice);
    // Answers to `disconnect` come in a microtask.
    await Promise.resolve();
  }
  return world;
}

test('ENG-25 whatever happens: no shard in two slots, none lost, none submitted twice, nothing runs while paused', async () => {
  // The world checks all of it after every step, and throws.
  await fc.assert(
    fc.asyncProperty(plan, async (happened) => {
      await play(happened);
    }),
    { numRuns: 300, seed: SEED },
  );
});

test('ENG-26 whatever happened, when it calms down every lease ends in submissions or is given back', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (happened) => {
      const world = await play(happened);
      if (world.stopped) return;
      const { state } = world.engine;
      const leases = new Map([...state.leases.values()].map(({ key, count }) => [key, count]));
      world.handle({ type: 'cancel-finish' });
      world.handle({ type: 'resume' });
      world.handle({ type: 'budget', threads: 2, reason: null });
      for (let round = 0; round < 200 && state.leases.size + state.outbox.size > 0; round++) {
        world.join();
        world.runAll();
        world.ackAll();
        world.pass(1_000);
        await Promise.resolve();
      }
      expect(state.leases.size).toBe(0);
      expect(state.outbox.size).toBe(0);
      for (const [key, count] of leases)
        if (!world.ended.has(key)) expect(world.submitted.get(key)?.size).toBe(count);
    }),
    { numRuns: 200, seed: SEED },
  );
});

test('ENG-27 the state can be cloned at any moment', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (happened) => {
      const { engine } = await play(happened);
      expect(structuredClone(engine.state)).toEqual(engine.state);
    }),
    { numRuns: 30, seed: SEED },
  );
});

test('ENG-18 results are confirmed or still in the outbox, never neither', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (happened) => {
      const world = await play(happened.filter(([name]) => name !== 'ack' && name !== 'finish'));
      const waiting = new Map<string, number>();
      for (const { frame } of world.engine.state.outbox.values()) {
        const key = ticketKey(frame.ticket);
        waiting.set(key, (waiting.get(key) ?? 0) + frame.count);
      }
      for (const [key, shards] of world.submitted) expect(waiting.get(key)).toBe(shards.size);
    }),
    { numRuns: 100, seed: SEED },
  );
});
