import { describe, expect, test } from 'vitest';
import { isTransient, Outcome } from '../../../shared/verdict/outcome.ts';
import { exampleJob } from './test-jobs.ts';
import { busySlots, submitted, TestWorld, ticketsOf } from './test-world.ts';
import { ticketKey } from './ticket.ts';

const job = exampleJob('a');

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

  test('ENG-65 a job whose data would go beyond the cap is given back, and the reason is told', () => {
    const world = new TestWorld();
    world.begin(1);
    const ticket = world.lease(job, 0, 10);
    world.handle({ type: 'fetch-failed', job: 'a', code: 'DATA_CAP', message: 'reached' });
    expect(ticketsOf(world.sentOf('renounce'))).toEqual([ticketKey(ticket)]);
    expect(world.engine.view()).toMatchObject({ idle: 'data-cap', problem: { code: 'DATA_CAP' } });
  });

  test('ENG-66 a job whose results have no room here is given back, with what is done and no attempt lost', () => {
    const world = new TestWorld();
    world.begin(1);
    const ticket = world.lease(job, 0, 10);
    world.serve();
    const [slot] = busySlots(world);
    const batch = world.slots.get(slot)?.batches[0].batch.id ?? 0;
    const full = { code: 'OUTPUT_NOT_KEPT', message: 'no room' };
    world.handle({ type: 'keep-failed', slot, batch: batch + 99, ...full });
    expect(world.sentOf('renounce')).toEqual([]);
    world.handle({ type: 'keep-failed', slot, batch, ...full });
    expect(ticketsOf(world.sentOf('renounce'))).toEqual([ticketKey(ticket)]);
    expect(world.sentOf('submit')).toEqual([]);
    expect(world.engine.view()).toMatchObject({ idle: 'no-room', problem: full });
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
