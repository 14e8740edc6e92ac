import { describe, expect, test } from 'vitest';
import { exampleJob } from './test-jobs.ts';
import { busySlots, submitted, TestWorld, ticketsOf } from './test-world.ts';
import { ticketKey } from './ticket.ts';

const job = exampleJob('a');

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
