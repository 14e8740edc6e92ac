import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { Mosaic } from '../../shared/api/schemas.ts';
import { job as jobText } from '../text/en/job.ts';
import { formatCount } from '../text/format.ts';
import { useThemeChange } from '../ui/use-theme-change.ts';
import css from './mosaic.module.css';
import { cellAt, cellByKey, layoutMosaic, type MosaicLayout, shardsOf } from './mosaic-layout.ts';
import { paintMosaic, readColours } from './mosaic-paint.ts';

const text = jobText.mosaic;
const STATES = ['waiting', 'active', 'done', 'failed'] as const;

interface MosaicViewProps {
  mosaic: Mosaic;
  shards: number;
  /** CSS pixels that there are. */
  width: number;
}

/**
 * The mosaic on a canvas, under one button as large as it: the button is pointed at, pressed and
 * moved over with arrow keys, and its name is that of the tile chosen.
 */
export function MosaicView({ mosaic: { cells, perCell }, shards, width }: MosaicViewProps) {
  const [, setSearch] = useSearchParams();
  const [chosen, setChosen] = useState<number | null>(null);
  const layout = layoutMosaic(cells.length, width);
  const canvas = usePainted(layout, cells, chosen);
  const at = chosen === null ? null : Math.min(chosen, cells.length - 1);
  const name = at === null ? text.title : say(cells[at], shardsOf(at, perCell, shards));

  const open = () => {
    if (at === null) return;
    const { first } = shardsOf(at, perCell, shards);
    setSearch((now) => ({ ...Object.fromEntries(now), shard: String(first) }));
  };
  const point = (event: PointerEvent<HTMLElement>) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    setChosen(cellAt(layout, cells.length, event.clientX - left, event.clientY - top));
  };
  const press = (event: KeyboardEvent) => {
    const next = cellByKey(layout, cells.length, at ?? 0, event.key);
    if (next === null) return;
    event.preventDefault();
    setChosen(next);
  };

  return (
    <div className={css.mosaic}>
      <canvas ref={canvas} />
      <button
        type="button"
        className={css.cover}
        style={{ inlineSize: layout.width, blockSize: layout.height }}
        aria-label={name}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => setChosen(null)}
        onFocus={(event) => {
          if (event.currentTarget.matches(':focus-visible')) setChosen((now) => now ?? 0);
        }}
        onBlur={() => setChosen(null)}
        onKeyDown={press}
        onClick={open}
      />
      <p className={css.tip} role="status">
        {at !== null && name}
      </p>
    </div>
  );
}

/** Paints the canvas whenever something that is on it changes. */
function usePainted(layout: MosaicLayout, cells: Mosaic['cells'], chosen: number | null) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useThemeChange();
  const { width, height, columns, pitch, rows } = layout;
  useEffect(() => {
    void theme;
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const scale = devicePixelRatio;
    element.width = Math.round(width * scale);
    element.height = Math.round(height * scale);
    element.style.inlineSize = `${width}px`;
    element.style.blockSize = `${height}px`;
    context.scale(scale, scale);
    const place = element.parentElement ?? document.body;
    paintMosaic(
      context,
      { width, height, columns, pitch, rows },
      cells,
      readColours(place),
      chosen,
    );
  }, [width, height, columns, pitch, rows, cells, chosen, theme]);
  return canvas;
}

function say(counts: Mosaic['cells'][number], { first, last }: { first: number; last: number }) {
  const parts = STATES.flatMap((state, k) => {
    if (counts[k] === 0) return [];
    const word = text.states[state].toLowerCase();
    return first === last ? [word] : [`${formatCount(counts[k])} ${word}`];
  });
  return `${text.label(first, last)}: ${parts.join(', ')}`;
}
