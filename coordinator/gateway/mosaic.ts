import type { Mosaic } from '../../shared/api/schemas.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import type { SchedulerViews } from '../scheduler/views.ts';
import type { JobRow, Store } from '../store/store.ts';

/** Blocks whose shards are looked at one by one; beyond them a cell is made of whole blocks. */
const MAX_DETAILED_BLOCKS = 16;
/** In what `SchedulerViews.shardStates` returns. */
const ACTIVE = 1;

type Cell = [waiting: number, active: number, done: number, failed: number];
const WAITING_AT = 0;
const ACTIVE_AT = 1;
const DONE_AT = 2;
const FAILED_AT = 3;

/**
 * About `cells` equal ranges of a job's shards with their counts. Verdicts are those that are
 * durable, so what the mosaic shows as done can be read.
 */
export async function mosaicOf(
  row: JobRow,
  cells: number,
  store: Store,
  views: SchedulerViews,
): Promise<Mosaic> {
  const blocks = Math.ceil(row.shards / row.blockShards);
  const even = Math.ceil(row.shards / cells);
  const detailed = even < row.blockShards && blocks <= MAX_DETAILED_BLOCKS;
  const run = Math.ceil(even / row.blockShards);
  const perCell = detailed ? even : run * row.blockShards;

  const mosaic: Cell[] = [];
  for (let first = 0; first < row.shards; first += perCell)
    mosaic.push([Math.min(perCell, row.shards - first), 0, 0, 0]);
  const move = (shard: number, to: number, shards: number) => {
    const cell = mosaic[Math.floor(shard / perCell)];
    const moved = Math.min(shards, cell[WAITING_AT]);
    cell[WAITING_AT] -= moved;
    cell[to] += moved;
  };

  if (detailed) await byShard(row, blocks, store, views, move);
  else await byBlock(row, run, store, views, move);
  return { perCell, cells: mosaic };
}

/** Moves shards of the cell that `shard` is in out of waiting. */
type Move = (shard: number, to: number, shards: number) => void;

async function byShard(
  row: JobRow,
  blocks: number,
  store: Store,
  views: SchedulerViews,
  move: Move,
): Promise<void> {
  for (let block = 0; block < blocks; block++) {
    const first = block * row.blockShards;
    const statuses = await store.shardStatuses(row.number, block);
    for (const [shard, status] of statuses)
      move(first + shard, status === Outcome.ok ? DONE_AT : FAILED_AT, 1);
    views.shardStates(row.number, block)?.forEach((state, shard) => {
      if (state === ACTIVE && !statuses.has(shard)) move(first + shard, ACTIVE_AT, 1);
    });
  }
}

async function byBlock(
  row: JobRow,
  run: number,
  store: Store,
  views: SchedulerViews,
  move: Move,
): Promise<void> {
  for (const counts of await store.blockCounts(row.number, run)) {
    const shard = counts.run * run * row.blockShards;
    move(shard, DONE_AT, counts.done);
    move(shard, FAILED_AT, counts.failed);
  }
  for (const { first, active } of views.blocks(row.number)) move(first, ACTIVE_AT, active);
}
