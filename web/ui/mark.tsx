import { useEffect, useState } from 'react';
import { classes } from './classes.ts';
import css from './mark.module.css';

/** Places of the nine tiles, and the one that is worked on while nothing moves. */
const TILES = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const RESTING = 2;
const FAINT = new Set([6, 8]);
const PITCH = 9;
/**
 * A turn of this length is a few style calculations a second. An endless CSS animation of an SVG
 * fill is one a frame, and took a fifth of a core from the computing that it told of.
 */
const TURN_MS = 300;

/** The sign of Manyhands: nine tiles, one of them being worked on; they take turns while this tab computes. */
export function Mark({ lively }: { lively: boolean }) {
  const active = useTurn(lively);
  return (
    <svg className={css.mark} viewBox="0 0 26 26" aria-hidden="true">
      {TILES.map((tile) => (
        <rect
          key={tile}
          className={classes(css.done, FAINT.has(tile) && css.faint, tile === active && css.active)}
          x={(tile % 3) * PITCH}
          y={Math.floor(tile / 3) * PITCH}
          width="8"
          height="8"
          rx="1.5"
        />
      ))}
    </svg>
  );
}

function useTurn(lively: boolean): number {
  const [active, setActive] = useState(RESTING);
  useEffect(() => {
    if (!lively || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const timer = setInterval(() => setActive((tile) => (tile + 1) % TILES.length), TURN_MS);
    return () => {
      clearInterval(timer);
      setActive(RESTING);
    };
  }, [lively]);
  return active;
}
