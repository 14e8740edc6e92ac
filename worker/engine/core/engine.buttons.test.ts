import { describe, expect, test } from 'vitest';
import { PAUSE_KEEP_MS } from './limits.ts';
import { exampleJob } from './test-jobs.ts';
import { submitted, TestWorld, ticketsOf } from './test-world.ts';
import { ticketKey } from './ticket.ts';

const job = exampleJob('a');

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

  test('ENG-64 Finish hands over what only this node has before it stops', () => {
    const world = new TestWorld();
    world.begin(1);
    world.handle({ type: 'outputs-kept', any: true });
    expect(world.handle({ type: 'finish' })).toContainEqual({ type: 'part' });
    world.pass(30_000);
    expect(world.stopped).toBe(false);
    expect(world.engine.view().idle).toBe('uploading');
    world.handle({ type: 'parted' });
    expect(world.stopped).toBe(true);
    expect(world.sentOf('leave')).toHaveLength(1);
  });

  test('ENG-64 a finish that was cancelled asks again when it is pressed again', () => {
    const world = new TestWorld();
    world.begin(1);
    world.handle({ type: 'outputs-kept', any: true });
    world.handle({ type: 'finish' });
    world.handle({ type: 'cancel-finish' });
    world.handle({ type: 'parted' });
    expect(world.stopped).toBe(false);
    expect(world.handle({ type: 'finish' })).toContainEqual({ type: 'part' });
  });

  test('ENG-64 without a connection, or when it breaks, Finish does not wait', () => {
    const world = new TestWorld();
    world.begin(1);
    world.handle({ type: 'outputs-kept', any: true });
    world.handle({ type: 'finish' });
    world.drop();
    expect(world.stopped).toBe(true);
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
