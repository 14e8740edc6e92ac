import { describe, expect, test } from 'vitest';
import { exampleJob } from './test-jobs.ts';
import { busySlots, submitted, TestWorld } from './test-world.ts';
import { ticketKey } from './ticket.ts';

const job = exampleJob('a');

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

  test('ENG-18 results that come too late for their job are dropped, other refusals are told', () => {
    const world = new TestWorld();
    world.begin(1);
    const refuse = (code: string) => {
      world.lease(job, 0, 4);
      world.runAll(10);
      const [{ ticket, first, count }] = world.sentOf('submit').slice(-1);
      world.receive({ type: 'refuse', ticket, first, count, code, message: 'why' });
      return world.engine.view();
    };
    expect(refuse('JOB_ENDED')).toMatchObject({ unconfirmed: 0, problem: null });
    expect(refuse('TICKET_INVALID')).toMatchObject({
      unconfirmed: 0,
      problem: { code: 'TICKET_INVALID', message: 'why' },
    });
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
