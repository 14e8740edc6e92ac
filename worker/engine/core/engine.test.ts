import { describe, expect, test } from 'vitest';
import { isTransient, Outcome } from '../../../shared/verdict/outcome.ts';
import { PAUSE_KEEP_MS } from './limits.ts';
import { exampleJob, TestWorld, ticketsOf } from './test-world.ts';
import { ticketKey } from './ticket.ts';

const job = exampleJob('a');

function busySlots(world: TestWorld): number[] {
  return [...world.slots].filter(([, slot]) => slot.batches.length > 0).map(([number]) => number);
}

function submitted(world: TestWorld): number {
  return world.sentOf('submit').reduce((sum, frame) => sum + frame.count, 0);
}

describe('joining', () => {
  test('ENG-1 a node says hello, proves its key, joins and asks for work', () => {
    const world = new TestWorld();
    world.begin(2);
    expect(world.sent.map((frame) => frame.type)).toEqual(['hello', 'join', 'want']);
    expect(world.sentOf('want')[0]).toMatchObject({ threads: 2, milliseconds: 6_000 });
  });

  test('ENG-2 attempts to connect spread out and double', () => {
    const world = new TestWorld();
    world.handle({ type: 'start', kept: world.storage() });
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      world.drop();
      const before = world.now;
      while (world.connection === 'none') world.pass(10);
      waits.push(world.now - before);
    }
    expect(waits[0]).toBe(500);
    expect(waits[1]).toBe(1_000);
    expect(waits[8]).toBe(30_000);
  });

  test('ENG-2 a connection that never becomes a session is given up', async () => {
    const world = new TestWorld();
    world.handle({ type: 'start', kept: world.storage() });
    world.pass(15_000);
    await Promise.resolve();
    expect(world.connection).toBe('none');
    world.pass(1_000);
    expect(world.connection).toBe('asked');
  });

  test('ENG-2 a crowd told to come back later does', () => {
    const world = new TestWorld();
    world.begin(1);
    world.receive({ type: 'bye', retryAfterMs: 5_000 });
    world.drop();
    world.pass(4_990);
    expect(world.connection).toBe('none');
    world.pass(20);
    expect(world.connection).toBe('asked');
  });

  test('ENG-3 heartbeats go out every three seconds', () => {
    const world = new TestWorld();
    world.begin(1);
    world.pass(9_100);
    expect(world.sentOf('heartbeat')).toHaveLength(3);
  });
});

describe('waking', () => {
  test('ENG-28 a timer that fires too early is set again', () => {
    const world = new TestWorld();
    world.begin(1);
    world.drop();
    world.now = world.wakeAt - 0.5;
    world.wakeAt = Number.POSITIVE_INFINITY;
    world.handle({ type: 'tick' });
    world.pass(2_000);
    expect(world.connection).toBe('asked');
  });
});

describe('running', () => {
  test('ENG-4 a lease of tiny shards goes up as one submission', () => {
    const world = new TestWorld();
    world.begin(3);
    world.lease(job, 0, 4096);
    world.runAll(10);
    expect(world.sentOf('submit')).toHaveLength(1);
    expect(world.sentOf('submit')[0]).toMatchObject({ first: 0, count: 4096 });
    world.ackAll();
    expect(world.engine.view()).toMatchObject({ done: 4096, unconfirmed: 0, running: [] });
  });

  test('ENG-4 long shards go up one by one, and each thread has one', () => {
    const world = new TestWorld();
    world.begin(3);
    world.lease(job, 0, 6);
    world.serve();
    expect(busySlots(world)).toHaveLength(3);
    for (let k = 0; k < 6; k++) {
      world.pass(1_000);
      world.report(busySlots(world)[0], 1, 3_000_000);
      world.pass(600);
      world.signAll();
    }
    expect(world.sentOf('submit').map((frame) => frame.count)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('ENG-5 the next work is asked for while the present runs', () => {
    const world = new TestWorld();
    world.begin(1);
    world.lease(job, 0, 100);
    world.serve();
    world.report(busySlots(world)[0], 1, 100_000);
    world.sent.length = 0;
    for (let k = 0; k < 80; k++) {
      world.pass(100);
      world.report(busySlots(world)[0], 1, 100_000);
    }
    const [want] = world.sentOf('want');
    expect(want?.milliseconds).toBeGreaterThan(0);
    expect(busySlots(world)).toHaveLength(1);
  });

  test('ENG-5 demand that nobody answers is not repeated', () => {
    const world = new TestWorld();
    world.begin(4);
    world.receive({ type: 'idle', reason: 'no-jobs' });
    world.pass(60_000);
    expect(world.sentOf('want')).toHaveLength(1);
    expect(world.engine.view().idle).toBe('no-jobs');
  });

  test('ENG-6 of two jobs a slot completes the one it has loaded before it changes', () => {
    const world = new TestWorld();
    world.begin(1);
    world.lease(job, 0, 10);
    world.serve();
    world.lease(exampleJob('b'), 0, 10);
    world.lease(job, 10, 10);
    world.runAll();
    expect(world.sentOf('submit').map((frame) => ticketKey(frame.ticket).slice(0, 3))).toEqual([
      'a 0',
      'a 1',
      'b 0',
    ]);
  });

  test('ENG-7 more threads take part at once, fewer stop within a second', () => {
    const world = new TestWorld();
    world.begin(1);
    world.lease(job, 0, 100);
    world.serve();
    world.handle({ type: 'budget', threads: 3, reason: null });
    world.serve();
    expect(busySlots(world)).toHaveLength(3);
    world.handle({ type: 'budget', threads: 1, reason: null });
    world.pass(1_000);
    expect(world.slots.size).toBe(1);
    world.runAll();
    expect(submitted(world)).toBe(100);
  });
});

describe('programs that misbehave', () => {
  test('ENG-8 a single shard that does not end is killed at its time limit and says so', () => {
    const world = new TestWorld();
    world.begin(1);
    world.lease(job, 7, 1);
    world.serve();
    world.pass(10_499);
    expect(busySlots(world)).toHaveLength(1);
    world.pass(1_100);
    world.signAll();
    const [frame] = world.sentOf('submit');
    expect(frame.statuses).toEqual(Uint8Array.of(Outcome.timeLimit));
    expect(frame.digests).toEqual(new Uint8Array(32));
  });

  test('ENG-8 of a batch that falls silent the endless shard alone is found and blamed', () => {
    const world = new TestWorld();
    world.begin(1);
    world.lease(job, 0, 50);
    world.serve();
    world.report(busySlots(world)[0], 1, 1_000);
    world.report(busySlots(world)[0], 9, 1_000);
    world.pass(10_500);
    world.serve();
    const [slot] = busySlots(world);
    expect(world.slots.get(slot)?.batches[0].batch).toMatchObject({ first: 10, isolate: true });
    for (let k = 0; k < 5; k++) world.report(slot, 1, 1_000);
    world.pass(10_500);
    world.runAll();
    const statuses = world.sentOf('submit').flatMap((frame) => [...frame.statuses]);
    expect(statuses).toHaveLength(50);
    expect(statuses.filter((status) => status === Outcome.timeLimit)).toHaveLength(1);
    const at = world.sentOf('submit').find((frame) => frame.statuses.includes(Outcome.timeLimit));
    expect((at?.first ?? 0) + (at?.statuses.indexOf(Outcome.timeLimit) ?? 0)).toBe(15);
  });

  test('ENG-9 a shard that breaks its sandbox is tried once more before it is blamed', () => {
    const world = new TestWorld();
    world.begin(1);
    world.lease(job, 3, 1);
    world.serve();
    world.handle({ type: 'slot-died', slot: busySlots(world)[0], reason: 'gone' });
    world.serve();
    world.pass(1_000);
    expect(submitted(world)).toBe(0);
    world.handle({ type: 'slot-died', slot: busySlots(world)[0], reason: 'gone' });
    world.pass(1_000);
    world.signAll();
    const [frame] = world.sentOf('submit');
    expect(frame.statuses).toEqual(Uint8Array.of(Outcome.crashed));
    expect(frame.details).toEqual([{ at: 0, message: 'gone', stderr: '' }]);
    expect(isTransient(frame.statuses[0])).toBe(true);
  });

  test('ENG-10 a program that can never run is an answer for all its shards', () => {
    const world = new TestWorld();
    world.begin(2);
    world.lease(job, 0, 100);
    world.readyAll();
    world.fetchAll();
    const [{ slot, load }] = world.loads;
    const code = 'PROGRAM_INVALID';
    world.handle({ type: 'load-failed', slot, load, code, message: 'imports env.f' });
    world.runAll();
    const [frame] = world.sentOf('submit');
    expect(frame.count).toBe(100);
    expect(new Set(frame.statuses)).toEqual(new Set([Outcome.invalidProgram]));
    expect(frame.details[0].message).toBe('imports env.f');
  });

  test('ENG-11 a program that cannot be downloaded is given back, and the node rests', () => {
    const world = new TestWorld();
    world.begin(1);
    const ticket = world.lease(job, 0, 10);
    world.handle({ type: 'fetch-failed', job: 'a', message: 'not found' });
    expect(ticketsOf(world.sentOf('renounce'))).toEqual([ticketKey(ticket)]);
    expect(world.sentOf('want').at(-1)).toMatchObject({ threads: 0 });
    expect(world.engine.view().idle).toBe('download-failed');
    world.pass(1_100);
    expect(world.sentOf('want').at(-1)).toMatchObject({ threads: 1 });
  });

  test('ENG-12 a report that does not fit its batch costs the sandbox, not the engine', () => {
    const world = new TestWorld();
    world.begin(1);
    world.lease(job, 0, 10);
    world.serve();
    const [slot] = busySlots(world);
    const batch = world.slots.get(slot)?.batches[0].batch.id ?? 0;
    const report = {
      batch,
      first: 0,
      count: 1,
      statuses: Uint8Array.of(77),
      lengths: new Uint32Array(1),
      outputs: new Uint8Array(0),
      details: [],
      computeMicros: 1,
    };
    world.handle({ type: 'report', slot, report, digests: new Uint8Array(32) });
    expect(busySlots(world)).toHaveLength(0);
    world.runAll();
    expect(submitted(world)).toBe(10);
  });

  test('ENG-11 a program that takes its sandbox down while it loads is given up after three times', () => {
    const world = new TestWorld();
    world.begin(1);
    const ticket = world.lease(job, 0, 10);
    world.fetchAll();
    for (let time = 0; time < 3; time++) {
      world.pass(5_000);
      world.readyAll();
      const [{ slot }] = world.loads.splice(0);
      world.handle({ type: 'slot-died', slot, reason: 'gone' });
    }
    world.signAll();
    expect(world.sentOf('submit')[0].statuses).toEqual(Uint8Array.of(Outcome.crashed));
    expect(submitted(world)).toBe(1);
    expect(ticketsOf(world.sentOf('renounce'))).toEqual([ticketKey(ticket)]);
    expect(world.engine.view().problem).toEqual({ code: 'PROGRAM_BROKEN', message: 'gone' });
  });

  test('ENG-29 sandboxes that break down when new are replaced ever more slowly', () => {
    const world = new TestWorld();
    world.begin(0);
    world.handle({ type: 'budget', threads: 1, reason: null });
    const times: number[] = [];
    for (let time = 0; time < 5; time++) {
      const [slot] = world.starting.splice(0);
      world.handle({ type: 'slot-died', slot, reason: 'blocked' });
      const before = world.now;
      while (world.starting.length === 0) world.pass(50);
      times.push(world.now - before);
    }
    expect(times).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
  });

  test('ENG-13 a machine that slept blames no program for it, and connects again', async () => {
    const world = new TestWorld();
    world.begin(1);
    world.lease(job, 0, 1);
    world.serve();
    world.now += 3_600_000;
    world.handle({ type: 'tick' });
    await Promise.resolve();
    expect(busySlots(world)).toHaveLength(1);
    world.pass(1_000);
    expect(world.connection).toBe('asked');
  });
});

describe('buttons', () => {
  test('ENG-14 Pause stops everything at once and keeps the leases for a minute', () => {
    const world = new TestWorld();
    world.begin(2);
    const ticket = world.lease(job, 0, 100);
    world.serve();
    world.handle({ type: 'pause' });
    expect(world.slots.size).toBe(0);
    expect(world.sentOf('want').at(-1)).toMatchObject({ threads: 0 });
    expect(world.engine.view()).toMatchObject({ phase: 'paused', idle: 'paused' });
    world.pass(PAUSE_KEEP_MS - 10);
    expect(world.sentOf('renounce')).toHaveLength(0);
    world.pass(10);
    expect(ticketsOf(world.sentOf('renounce'))).toEqual([ticketKey(ticket)]);
  });

  test('ENG-14 work goes on after a short pause', () => {
    const world = new TestWorld();
    world.begin(2);
    world.lease(job, 0, 100);
    world.serve();
    world.handle({ type: 'pause' });
    world.pass(5_000);
    world.handle({ type: 'resume' });
    world.runAll();
    expect(submitted(world)).toBe(100);
  });

  test('ENG-15 Finish completes what runs, gives the rest back, and stops', () => {
    const world = new TestWorld();
    world.begin(2);
    const ticket = world.lease(job, 0, 100);
    world.serve();
    world.handle({ type: 'finish' });
    expect(world.engine.view().phase).toBe('finishing');
    world.runAll();
    expect(submitted(world)).toBe(2);
    expect(ticketsOf(world.sentOf('renounce'))).toEqual([ticketKey(ticket)]);
    expect(world.stopped).toBe(false);
    world.ackAll();
    expect(world.stopped).toBe(true);
    expect(world.sentOf('leave')).toHaveLength(1);
  });

  test('ENG-15 Finish can be cancelled', () => {
    const world = new TestWorld();
    world.begin(1);
    world.lease(job, 0, 100);
    world.serve();
    world.handle({ type: 'finish' });
    world.handle({ type: 'cancel-finish' });
    world.runAll();
    expect(submitted(world)).toBe(100);
    expect(world.stopped).toBe(false);
  });

  test('ENG-15 Finish while paused completes what the pause interrupted', () => {
    const world = new TestWorld();
    world.begin(1);
    world.lease(job, 0, 100);
    world.serve();
    world.handle({ type: 'pause' });
    world.handle({ type: 'finish' });
    world.runAll();
    expect(submitted(world)).toBe(1);
    world.ackAll();
    expect(world.stopped).toBe(true);
  });

  test('ENG-15 Finish without an answer leaves what is unconfirmed to the storage', () => {
    const world = new TestWorld();
    world.begin(1);
    world.lease(job, 0, 1);
    world.runAll();
    world.drop();
    world.handle({ type: 'finish' });
    world.pass(10_000);
    expect(world.stopped).toBe(true);
    expect(world.storage().submissions).toHaveLength(1);
  });

  test('ENG-16 a closing page says goodbye in the same step', () => {
    const world = new TestWorld();
    world.begin(1);
    world.lease(job, 0, 10);
    world.serve();
    world.handle({ type: 'leave' });
    expect(world.sentOf('leave')).toHaveLength(1);
    expect(world.slots.size).toBe(0);
    expect(world.stopped).toBe(true);
  });

  test('ENG-17 the governor holds everything back and says why', () => {
    const world = new TestWorld();
    world.begin(2);
    world.lease(job, 0, 100);
    world.serve();
    world.handle({ type: 'budget', threads: 0, reason: 'battery-low' });
    expect(world.slots.size).toBe(0);
    expect(world.engine.view()).toMatchObject({ phase: 'held', idle: 'battery-low' });
  });
});

describe('connections that break', () => {
  test('ENG-18 what was never confirmed goes up again after a reconnect', () => {
    const world = new TestWorld();
    world.begin(1);
    world.lease(job, 0, 10);
    world.runAll();
    expect(submitted(world)).toBe(10);
    world.drop();
    world.pass(1_000);
    world.sent.length = 0;
    world.join();
    expect(submitted(world)).toBe(10);
    world.ackAll();
    expect(world.engine.view().unconfirmed).toBe(0);
  });

  test('ENG-19 leases that are still meant to be completed are taken up again', () => {
    const world = new TestWorld();
    world.begin(1);
    const ticket = world.lease(job, 0, 10);
    world.drop();
    world.pass(1_000);
    world.join();
    expect(ticketsOf(world.sentOf('resume'))).toEqual([ticketKey(ticket)]);
    world.runAll();
    expect(submitted(world)).toBe(10);
  });

  test('ENG-18 a connection that answers nothing is replaced', async () => {
    const world = new TestWorld();
    world.begin(1);
    world.lease(job, 0, 1);
    world.runAll();
    world.pass(121_000);
    await Promise.resolve();
    world.pass(1_000);
    expect(world.connection).toBe('asked');
  });

  test('ENG-20 nothing of a lease is begun after its deadline; it is given back', () => {
    const world = new TestWorld();
    world.begin(1);
    const ticket = world.lease(job, 0, 10, 2_000);
    world.serve();
    world.pass(2_001);
    world.report(busySlots(world)[0], 1);
    world.pass(1_000);
    world.signAll();
    expect(submitted(world)).toBe(1);
    expect(ticketsOf(world.sentOf('renounce'))).toEqual([ticketKey(ticket)]);
  });

  test('ENG-21 a cancelled lease stops at once, a decided one still sends what is computed', () => {
    const world = new TestWorld();
    world.begin(1);
    const cancelled = world.lease(job, 0, 10);
    world.serve();
    world.report(busySlots(world)[0], 1);
    world.receive({ type: 'revoke', tickets: [cancelled], reason: 'cancelled' });
    world.runAll();
    expect(submitted(world)).toBe(0);
    const decided = world.lease(job, 10, 10);
    world.serve();
    world.report(busySlots(world)[0], 1);
    world.receive({ type: 'revoke', tickets: [decided], reason: 'decided' });
    world.runAll();
    expect(submitted(world)).toBeGreaterThan(0);
    expect(world.engine.state.leases.size).toBe(0);
  });

  test('ENG-22 an outbox that is full stops the computing until it drains', () => {
    const large = exampleJob('large', {
      limits: { timeMs: 10_000, memoryMiB: 64, outputBytes: 8 * 1024 * 1024 },
    });
    const world = new TestWorld();
    world.begin(1);
    world.lease(large, 0, 20);
    world.serve();
    for (let k = 0; k < 8; k++) {
      expect(busySlots(world)).toHaveLength(1);
      world.report(busySlots(world)[0], 1, 200_000, 8 * 1024 * 1024);
    }
    expect(world.engine.view().idle).toBe('uploading');
    world.signAll();
    world.ackAll();
    expect(busySlots(world)).toHaveLength(1);
  });
});

describe('crashes', () => {
  test('ENG-23 a checkpoint is there when its shard is run again after a crash', () => {
    const world = new TestWorld();
    world.begin(1);
    const ticket = world.lease(job, 0, 3);
    world.serve();
    const [slot] = busySlots(world);
    const batch = world.slots.get(slot)?.batches[0].batch.id ?? 0;
    world.handle({ type: 'checkpoint', slot, batch, shard: 0, bytes: Uint8Array.of(1) });
    world.handle({ type: 'checkpoint', slot, batch, shard: 0, bytes: Uint8Array.of(2) });
    world.pass(1_000);
    const kept = world.storage();
    expect(kept.checkpoints).toEqual([{ job: 'a', shard: 0, bytes: Uint8Array.of(2) }]);

    const after = new TestWorld(kept);
    after.begin(1, kept);
    expect(ticketsOf(after.sentOf('resume'))).toEqual([ticketKey(ticket)]);
    after.serve();
    const again = after.slots.get(busySlots(after)[0])?.batches[0].batch;
    expect(again).toMatchObject({ first: 0, checkpoint: Uint8Array.of(2) });
    after.runAll();
    expect(submitted(after)).toBe(3);
    expect(after.storage().checkpoints).toEqual([]);
    expect(after.storage().leases).toEqual([]);
  });

  test('ENG-24 results with much computing in them survive a crash and are sent once', () => {
    const world = new TestWorld();
    world.begin(1);
    world.lease(job, 0, 2);
    world.serve();
    world.report(busySlots(world)[0], 1, 5_000_000);
    world.pass(600);
    world.signAll();
    const kept = world.storage();
    expect(kept.submissions).toHaveLength(1);

    const after = new TestWorld(kept);
    after.begin(1, kept);
    expect(submitted(after)).toBe(1);
    after.ackAll();
    expect(after.storage().submissions).toEqual([]);
  });
});
