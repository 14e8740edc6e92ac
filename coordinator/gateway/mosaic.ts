import type { Mosaic } from '../../shared/api/schemas.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import type { JobRow, Store } from '../store/store.ts';

/** Blocks whose shards are looked at one by one; beyond them a cell is made of whole blocks. */
const MAX_DETAILED_BLOCKS = 16;

/** How many of `count` shards from `first` are leased or wait for more answers. */
export type ActiveShards = (first: number, count: number) => number;

type Cell = [waiting: number, active: number, done: number, failed: number];

/** About `cells` equal ranges of a job's shards with their counts. */
export async function mosaicOf(
  row: JobRow,
  cells: number,
  store: Store,
  activeShards: ActiveShards,
): Promise<Mosaic> {
  const blocks = Math.ceil(row.shards / row.blockShards);
  const even = Math.ceil(row.shards / cells);
  const detailed = even < row.blockShards && blocks <= MAX_DETAILED_BLOCKS;
  const run = Math.ceil(even / row.blockShards);
  const perCell = detailed ? even : run * row.blockShards;

  const mosaic: Cell[] = [];
  for (let first = 0; first < row.shards; first += perCell)
    mosaic.push([Math.min(perCell, row.shards - first), 0, 0, 0]);
  if (detailed) await addShards(mosaic, row, perCell, blocks, store);
  else
    for (const counts of await store.blockCounts(row.number, run))
      decide(mosaic[counts.run], counts.done, counts.failed);

  mosaic.forEach((cell, i) => {
    const active = Math.min(cell[0], activeShards(i * perCell, perCell));
    cell[0] -= active;
    cell[1] += active;
  });
  return { perCell, cells: mosaic };
}

async function addShards(
  mosaic: Cell[],
  row: JobRow,
  perCell: number,
  blocks: number,
  store: Store,
): Promise<void> {
  for (let block = 0; block < blocks; block++) {
    const statuses = await store.shardStatuses(row.number, block);
    for (const [shard, status] of statuses) {
      const cell = mosaic[Math.floor((block * row.blockShards + shard) / perCell)];
      if (status === Outcome.ok) decide(cell, 1, 0);
      else decide(cell, 0, 1);
    }
  }
}

function decide(cell: Cell, done: number, failed: number): void {
  cell[0] -= done + failed;
  cell[2] += done;
  cell[3] += failed;
}
