import { describe, expect, test } from 'vitest';
import { MAX_MOVED_CHECKPOINT_BYTES } from '../../../shared/protocol/limits.ts';
import { exampleJob } from './test-jobs.ts';
import { busySlots, TestWorld } from './test-world.ts';

const example = exampleJob('a');
const job = { ...example, limits: { ...example.limits, timeMs: 3_600_000 } };

/** The slots write checkpoints of so many bytes for the shards that they run. */
function write(world: TestWorld, bytes: readonly number[], value = 1): void {
  busySlots(world).forEach((slot, i) => {
    const head = world.slots.get(slot)?.batches[0];
    if (!head || bytes[i] === undefined) return;
    const checkpoint = new Uint8Array(bytes[i]).fill(value);
    const { id } = head.batch;
    world.handle({ type: 'checkpoint', slot, batch: id, shard: head.next, bytes: checkpoint });
  });
}

function running(threads: number): TestWorld {
  const world = new TestWorld();
  world.begin(threads);
  world.lease(job, 0, threads);
  world.serve();
  return world;
}

function handedOver(world: TestWorld): { shard: number; bytes: number }[] {
  return world
    .sentOf('hand-over')
    .map(({ shard, checkpoint }) => ({ shard, bytes: checkpoint.length }));
}

describe('checkpoints that move', () => {
  test('ENG-60 a long run is handed over now and then, and only when it has come further', () => {
    const world = running(1);
    write(world, [10]);
    world.pass(4_000);
    expect(handedOver(world)).toEqual([]);
    world.pass(2_000);
    expect(handedOver(world)).toEqual([{ shard: 0, bytes: 10 }]);
    world.pass(60_000);
    expect(handedOver(world)).toHaveLength(1);
    write(world, [11], 2);
    write(world, [12], 3);
    write(world, [13], 4);
    world.pass(20_000);
    expect(handedOver(world).map(({ bytes }) => bytes)).toEqual([10, 11]);
    world.pass(11_000);
    expect(handedOver(world).map(({ bytes }) => bytes)).toEqual([10, 11, 13]);
  });

  test('ENG-60 a run that ends soon is not handed over', () => {
    const world = running(1);
    write(world, [10]);
    world.runAll();
    world.pass(60_000);
    expect(handedOver(world)).toEqual([]);
  });

  test('ENG-61 checkpoints take little of the uplink, and those that are too large stay', () => {
    const world = running(3);
    write(world, [320 * 1024, MAX_MOVED_CHECKPOINT_BYTES + 1, 320 * 1024]);
    world.pass(6_000);
    expect(handedOver(world)).toHaveLength(1);
    world.pass(11_000);
    const shards = handedOver(world).map(({ shard }) => shard);
    expect(shards).toHaveLength(2);
    expect(new Set(shards).size).toBe(2);
    world.pass(120_000);
    expect(handedOver(world)).toHaveLength(2);
  });

  test('ENG-62 a page that closes hands over what is unfinished, the smallest first, and then leaves', () => {
    const world = running(3);
    write(world, [2_000, 1_000, 3_000]);
    world.handle({ type: 'leave' });
    expect(handedOver(world).map(({ bytes }) => bytes)).toEqual([1_000, 2_000, 3_000]);
    expect(world.sent.at(-1)?.type).toBe('leave');
  });

  test('ENG-62 it does not try more than goes up in its last moments', () => {
    const world = running(4);
    write(world, [900_000, 900_000, 900_000, 10]);
    world.handle({ type: 'leave' });
    expect(handedOver(world).map(({ bytes }) => bytes)).toEqual([10, 900_000, 900_000]);
  });

  test('ENG-62 what is given back after a long pause is handed over before it', () => {
    const world = running(1);
    write(world, [10]);
    world.handle({ type: 'pause' });
    world.pass(2_000);
    write(world, [10]);
    world.pass(61_000);
    const types = world.sent.map(({ type }) => type);
    expect(types.indexOf('hand-over')).toBeGreaterThanOrEqual(0);
    expect(types.indexOf('hand-over')).toBeLessThan(types.indexOf('renounce'));
  });

  test('ENG-63 a shard that another node began goes on from what came with its lease', () => {
    const world = new TestWorld();
    world.begin(1);
    world.receive({ type: 'job', job });
    world.receive({
      type: 'lease',
      job: job.id,
      first: 7,
      count: 1,
      deadline: world.now + 1e6,
      ticket: Uint8Array.of(1),
      checkpoints: [
        { shard: 7, checkpoint: Uint8Array.of(4, 2) },
        { shard: 9, checkpoint: Uint8Array.of(6) },
      ],
    });
    world.serve();
    const head = world.slots.get(busySlots(world)[0])?.batches[0];
    expect(head?.batch).toMatchObject({ first: 7, checkpoint: Uint8Array.of(4, 2) });
    expect(world.storage().checkpoints.map(({ shard }) => shard)).toEqual([7]);
    world.pass(120_000);
    expect(handedOver(world)).toEqual([]);
    write(world, [3]);
    world.pass(1_000);
    expect(handedOver(world)).toEqual([{ shard: 7, bytes: 3 }]);
  });
});
