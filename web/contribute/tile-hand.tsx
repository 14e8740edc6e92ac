import { memo } from 'react';
import { HAND, HAND_HEIGHT, HAND_WIDTH, handStates } from './hand.ts';
import css from './tile-hand.module.css';

interface TileHandProps {
  done: number;
  busy: number;
}

/** A hand of tiles, one for each shard computed here. It says nothing that the text beside it does not say. */
export const TileHand = memo(function TileHand({ done, busy }: TileHandProps) {
  const states = handStates(done, busy);
  return (
    <svg
      className={css.hand}
      viewBox={`0 0 ${HAND_WIDTH * 10} ${HAND_HEIGHT * 10}`}
      aria-hidden="true"
    >
      {HAND.map(({ x, y }, at) => (
        <rect
          key={`${x},${y}`}
          className={css[states[at]]}
          x={x * 10 + 0.6}
          y={y * 10 + 0.6}
          width="8.8"
          height="8.8"
          rx="1.4"
        />
      ))}
    </svg>
  );
});
