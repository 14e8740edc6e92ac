import { describe, expect, test } from 'vitest';
import { exampleJob } from './test-jobs.ts';
import { busySlots, submitted, TestWorld, ticketsOf } from './test-world.ts';
import { ticketKey } from './ticket.ts';

const job = exampleJob('a');

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
