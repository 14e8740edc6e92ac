import type { Mosaic } from '../../shared/api/schemas.ts';
import type { MosaicLayout } from './mosaic-layout.ts';

/** The colours of the states, as CSS says them in the theme of the moment. */
export interface MosaicColours {
  waiting: string;
  active: string;
  done: string;
  failed: string;
  focus: string;
}

const NAMES = ['waiting', 'active', 'done', 'failed', 'focus'] as const;

/** Reads the theme's colours where an element stands. */
export function readColours(element: Element): MosaicColours {
  const probe = document.createElement('span');
  element.append(probe);
  const colours = Object.fromEntries(
    NAMES.map((name) => {
      probe.style.color = `var(--${name})`;
      return [name, getComputedStyle(probe).color];
    }),
  ) as Record<(typeof NAMES)[number], string>;
  probe.remove();
  return colours;
}

const GAP = 1;
/** A tile with a single failure among thousands must show it. */
const LEAST_PART = 2;

/**
 * Draws all tiles: done fills a tile from the bottom, active lies on it, what failed is a bar at
 * the tile's start, so that states differ in place as well as in colour.
 */
export function paintMosaic(
  context: CanvasRenderingContext2D,
  layout: MosaicLayout,
  cells: Mosaic['cells'],
  colours: MosaicColours,
  chosen: number | null,
): void {
  context.clearRect(0, 0, layout.width, layout.height);
  const size = layout.pitch - GAP;
  for (const [at, [waiting, active, done, failed]] of cells.entries()) {
    const x = (at % layout.columns) * layout.pitch;
    const y = Math.floor(at / layout.columns) * layout.pitch;
    const all = waiting + active + done + failed || 1;
    const part = (count: number) =>
      count === 0 ? 0 : Math.max(LEAST_PART, Math.round((size * count) / all));
    context.fillStyle = colours.waiting;
    context.fillRect(x, y, size, size);
    const doneHeight = Math.min(size, part(done));
    context.fillStyle = colours.done;
    context.fillRect(x, y + size - doneHeight, size, doneHeight);
    const activeHeight = Math.min(size - doneHeight, part(active));
    context.fillStyle = colours.active;
    context.fillRect(x, y + size - doneHeight - activeHeight, size, activeHeight);
    context.fillStyle = colours.failed;
    context.fillRect(x, y, Math.min(size, part(failed)), size);
  }
  if (chosen === null) return;
  context.strokeStyle = colours.focus;
  context.lineWidth = 2;
  context.strokeRect(
    (chosen % layout.columns) * layout.pitch,
    Math.floor(chosen / layout.columns) * layout.pitch,
    size,
    size,
  );
}
