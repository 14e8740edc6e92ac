/** How a mosaic's tiles lie on a surface, row by row from the top left. */
export interface MosaicLayout {
  columns: number;
  rows: number;
  /** Distance from tile to tile, in CSS pixels. */
  pitch: number;
  width: number;
  height: number;
}

/** Tiles smaller than this cannot be told apart; larger ones only take room. */
const LEAST_PITCH = 10;
const MOST_PITCH = 26;
/** More rows push the results off the screen. */
const MOST_ROWS = 24;

/** How many cells to ask the coordinator for, on a surface of this width. */
export function cellsFor(shards: number, width: number): number {
  const room = Math.max(1, Math.floor(width / LEAST_PITCH)) * MOST_ROWS;
  return Math.min(shards, room);
}

/** The layout of `cells` tiles on a surface of this width: the largest tiles that need few rows. */
export function layoutMosaic(cells: number, width: number): MosaicLayout {
  const area = (width * MOST_ROWS * LEAST_PITCH) / Math.max(1, cells);
  const pitch = Math.min(MOST_PITCH, Math.max(LEAST_PITCH, Math.floor(Math.sqrt(area))));
  const columns = Math.max(1, Math.min(cells, Math.floor(width / pitch)));
  const rows = Math.ceil(cells / columns);
  return { columns, rows, pitch, width: columns * pitch, height: rows * pitch };
}

/** The tile at a point, or null where there is none. */
export function cellAt(layout: MosaicLayout, cells: number, x: number, y: number): number | null {
  const column = Math.floor(x / layout.pitch);
  const row = Math.floor(y / layout.pitch);
  if (column < 0 || column >= layout.columns || row < 0) return null;
  const cell = row * layout.columns + column;
  return cell < cells ? cell : null;
}

/** The tile that a key moves to from a tile; null where the key moves nothing. */
export function cellByKey(
  layout: MosaicLayout,
  cells: number,
  from: number,
  key: string,
): number | null {
  const steps: Record<string, number> = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: layout.columns,
    ArrowUp: -layout.columns,
    PageDown: layout.columns * 5,
    PageUp: -layout.columns * 5,
    Home: -cells,
    End: cells,
  };
  const step = steps[key];
  if (step === undefined) return null;
  return Math.min(cells - 1, Math.max(0, from + step));
}

/** First and last shard of a tile. */
export function shardsOf(
  cell: number,
  perCell: number,
  shards: number,
): { first: number; last: number } {
  const first = cell * perCell;
  return { first, last: Math.min(shards, first + perCell) - 1 };
}
