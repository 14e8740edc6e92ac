import { writeFileSync } from 'node:fs';
import { inlineBytes } from '../../shared/api/contents.ts';
import type { ResultRow } from '../../shared/api/schemas.ts';
import { readResults, resultsPath } from '../results.ts';

/** Sizes as in job.json, in pixels. */
const WIDTH = 960;
const HEIGHT = 540;
const TILE = 60;
const COLUMNS = WIDTH / TILE;
const TILES = COLUMNS * (HEIGHT / TILE);

/** A picture put together from its tiles, in any order; black where there is none yet. */
export class Picture {
  readonly pixels = new Uint8Array(WIDTH * HEIGHT * 3);

  /** @param rgb the tile's pixels row by row, three bytes each. */
  add(tile: number, rgb: Uint8Array) {
    const left = (tile % COLUMNS) * TILE;
    const top = Math.floor(tile / COLUMNS) * TILE;
    for (let row = 0; row < TILE; row++) {
      const line = rgb.subarray(row * TILE * 3, (row + 1) * TILE * 3);
      this.pixels.set(line, ((top + row) * WIDTH + left) * 3);
    }
  }

  /** The picture as a binary PPM file, which most image programs open. */
  toPpm(): Buffer {
    return Buffer.concat([Buffer.from(`P6\n${WIDTH} ${HEIGHT}\n255\n`), this.pixels]);
  }
}

function bytesOf({ shard, stdout, failure }: ResultRow): Uint8Array {
  if (!stdout) throw new Error(`Tile ${shard} is missing: ${failure?.message}`);
  const bytes = inlineBytes(stdout);
  if (!bytes) throw new Error(`Tile ${shard} is not in the file; write it with manyhands results.`);
  return bytes;
}

if (import.meta.main) {
  const picture = new Picture();
  let tiles = 0;
  for await (const row of readResults(resultsPath())) {
    picture.add(row.shard, bytesOf(row));
    tiles++;
  }
  if (tiles !== TILES) throw new Error(`There are ${tiles} tiles of ${TILES}.`);
  writeFileSync('picture.ppm', picture.toPpm());
  console.log('picture.ppm');
}
