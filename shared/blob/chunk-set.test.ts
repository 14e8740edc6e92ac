import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChunkSet } from './chunk-set.ts';

test('BLB-4 a chunk set behaves as a set of numbers does', () => {
  const size = 37;
  const step = fc.record({ add: fc.boolean(), chunk: fc.integer({ min: -3, max: size + 10 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const set = new ChunkSet(size);
      const model = new Set<number>();
      for (const { add, chunk } of steps) {
        const inside = chunk >= 0 && chunk < size;
        const changes = inside && model.has(chunk) !== add;
        expect(add ? set.add(chunk) : set.delete(chunk)).toBe(changes);
        if (inside && add) model.add(chunk);
        else model.delete(chunk);
      }
      expect(set.count).toBe(model.size);
      for (let chunk = 0; chunk < size; chunk++) expect(set.has(chunk)).toBe(model.has(chunk));
      const copy = new ChunkSet(size, set.bits);
      expect(copy.count).toBe(model.size);
    }),
  );
});

test('BLB-4 bits beyond the size are dropped', () => {
  const set = new ChunkSet(10, Uint8Array.of(0xff, 0xff, 0xff));
  expect(set.count).toBe(10);
  expect(set.isFull).toBe(true);
  expect([...set.bits]).toEqual([0xff, 0x03]);
  expect(ChunkSet.full(10).count).toBe(10);
  expect(ChunkSet.full(0).isFull).toBe(true);
});
