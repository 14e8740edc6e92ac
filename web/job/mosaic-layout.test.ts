import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellAt, cellByKey, cellsFor, layoutMosaic, shardsOf } from './mosaic-layout.ts';

const cells = fc.integer({ min: 1, max: 5000 });
const width = fc.integer({ min: 280, max: 2000 });

test('WEB-6 all tiles fit the surface, and each is found at its own place', () => {
  fc.assert(
    fc.property(cells, width, (count, wide) => {
      const layout = layoutMosaic(count, wide);
      expect(layout.width).toBeLessThanOrEqual(wide);
      expect(layout.columns * layout.rows).toBeGreaterThanOrEqual(count);
      for (const cell of [0, count >> 1, count - 1]) {
        const x = ((cell % layout.columns) + 0.5) * layout.pitch;
        const y = (Math.floor(cell / layout.columns) + 0.5) * layout.pitch;
        expect(cellAt(layout, count, x, y)).toBe(cell);
      }
      expect(cellAt(layout, count, layout.width + 1, 1)).toBeNull();
      expect(cellAt(layout, count, 1, layout.height + 1)).toBeNull();
    }),
  );
});

test('WEB-6 a billion shards are asked for in as many cells as can be seen', () => {
  expect(cellsFor(1e9, 1100)).toBe(2640);
  expect(cellsFor(7, 1100)).toBe(7);
});

test('WEB-6 keys move from tile to tile and never out of the mosaic', () => {
  const layout = layoutMosaic(100, 280);
  expect(cellByKey(layout, 100, 0, 'ArrowDown')).toBe(layout.columns);
  expect(cellByKey(layout, 100, 0, 'ArrowLeft')).toBe(0);
  expect(cellByKey(layout, 100, 5, 'End')).toBe(99);
  expect(cellByKey(layout, 100, 5, 'Home')).toBe(0);
  expect(cellByKey(layout, 100, 5, 'Tab')).toBeNull();
});

test('WEB-6 the last tile may stand for fewer shards', () => {
  expect(shardsOf(0, 4, 10)).toEqual({ first: 0, last: 3 });
  expect(shardsOf(2, 4, 10)).toEqual({ first: 8, last: 9 });
});
