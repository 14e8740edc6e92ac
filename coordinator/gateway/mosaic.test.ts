import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Outcome } from '../../shared/verdict/outcome.ts';
import type { SchedulerViews } from '../scheduler/views.ts';
import { exampleJob } from '../store/examples.ts';
import type { JobRow, Store } from '../store/store.ts';
import { mosaicOf } from './mosaic.ts';

const WAITING = 0;
const ACTIVE = 1;
const DONE = 2;

/** A job whose shards have these states, as its store and its scheduler would tell of it. */
function setUp(states: number[], blockShards: number) {
  const { idempotencyKey: _, ...job } = exampleJob(1, { shards: states.length, blockShards });
  const row = { ...job, number: 1, state: 'running' } as JobRow;
  const blocks = Math.ceil(states.length / blockShards);
  const inBlock = (block: number) => states.slice(block * blockShards, (block + 1) * blockShards);
  const count = (part: number[], state: number) => part.filter((each) => each === state).length;
  const store = {
    async blockCounts(_job: number, run: number) {
      return Array.from({ length: Math.ceil(blocks / run) }, (_, i) => {
        const part = states.slice(i * run * blockShards, (i + 1) * run * blockShards);
        return { run: i, done: count(part, DONE), failed: count(part, DONE + 1) };
      }).filter(({ done, failed }) => done + failed > 0);
    },
    async shardStatuses(_job: number, block: number) {
      return new Map(
        inBlock(block)
          .map((state, shard): [number, number] => [
            shard,
            state === DONE ? Outcome.ok : state > DONE ? Outcome.trap : -1,
          ])
          .filter(([, status]) => status >= 0),
      );
    },
  } as unknown as Store;
  const views = {
    blocks: () =>
      Array.from({ length: blocks }, (_, block) => ({
        first: block * blockShards,
        active: count(inBlock(block), ACTIVE),
      })),
    shardStates: (_job: number, block: number) => Uint8Array.from(inBlock(block)),
  } as unknown as SchedulerViews;
  return { row, store, views };
}

test('GAT-42 the cells of a mosaic cover each shard once, with its state', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: WAITING, max: 3 }), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 1, max: 100 }),
      async (states, blockShards, cells) => {
        const { row, store, views } = setUp(states, blockShards);
        const mosaic = await mosaicOf(row, cells, store, views);
        expect(mosaic.cells).toHaveLength(Math.ceil(states.length / mosaic.perCell));
        expect(mosaic.cells.length).toBeLessThanOrEqual(cells);
        mosaic.cells.forEach((cell, i) => {
          const part = states.slice(i * mosaic.perCell, (i + 1) * mosaic.perCell);
          expect(cell).toEqual([0, 1, 2, 3].map((s) => part.filter((each) => each === s).length));
        });
      },
    ),
  );
});
