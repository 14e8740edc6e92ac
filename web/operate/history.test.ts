import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addReading, linesOf, MOST_READINGS, type Reading, rowsOf } from './history.ts';

const SECOND = 1_000;

function reading(seconds: number, part: Partial<Reading> = {}): Reading {
  return {
    at: seconds * SECOND,
    verdictsPerSecond: 0,
    nodes: 0,
    threads: 0,
    members: 0,
    coordinatorBytes: 0,
    peerBytes: 0,
    ...part,
  };
}

/** Readings every three seconds of which each moved `step` MB more between browsers. */
function steady(count: number, step: number): Reading[] {
  return Array.from({ length: count }, (_, k) => reading(3 * k, { peerBytes: k * step * 1e6 }));
}

function valuesOf(history: readonly Reading[], name: string): (number | null)[] | undefined {
  const { lines } = linesOf(history, 'data', 0);
  return lines.find((line) => line.name === name)?.values;
}

describe('WEB-47 the chart of the network', () => {
  test('goes back as far as was asked for, and no reading is lost before the bound', () => {
    const history = [reading(1), reading(4), reading(7)];
    expect(linesOf(history, 'crowd', 4 * SECOND).at).toEqual([4 * SECOND, 7 * SECOND]);
    expect(linesOf(history, 'crowd', 8 * SECOND)).toEqual({ at: [], lines: [] });
    let long: readonly Reading[] = Array.from({ length: MOST_READINGS }, (_, k) => reading(k));
    long = addReading(long, reading(MOST_READINGS));
    expect([long.length, long[0].at]).toEqual([MOST_READINGS, SECOND]);
  });

  test('bytes are drawn as MB a second', () => {
    const peers = valuesOf(steady(10, 6), 'peers');
    expect(peers?.[0]).toBeNull();
    expect(peers?.slice(1)).toEqual(Array(9).fill(2));
  });

  test('a counter that begins anew after a restart is no negative rate', () => {
    const after = [0, 9, 18].map((megabytes, k) =>
      reading(30 + 3 * k, { peerBytes: megabytes * 1e6 }),
    );
    const peers = valuesOf([...steady(10, 6), ...after], 'peers');
    expect(peers?.slice(-4)).toEqual([2, null, 3, 3]);
  });

  test('a silence is a gap in every line', () => {
    const { at, lines } = linesOf([reading(0), reading(3), reading(60)], 'crowd', 0);
    expect(at.map((moment) => moment / SECOND)).toEqual([0, 3, 18, 60]);
    for (const { values } of lines) expect(values).toEqual([0, 0, null, 0]);
  });

  test('moments rise, lines are as long as they, and no rate is negative, whatever was read', () => {
    const readings = fc.array(
      fc.record({ after: fc.integer({ min: 1, max: 120 }), bytes: fc.nat(), nodes: fc.nat() }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(readings, fc.constantFrom('work', 'crowd', 'data'), (given, show) => {
        let seconds = 0;
        const history = given.map(({ after, bytes, nodes }) => {
          seconds += after;
          return reading(seconds, { nodes, peerBytes: bytes, coordinatorBytes: bytes });
        });
        const { at, lines } = linesOf(history, show, 0);
        expect(at).toEqual([...new Set(at)].toSorted((a, b) => a - b));
        for (const { values } of lines) {
          expect(values).toHaveLength(at.length);
          expect(values.every((value) => value === null || value >= 0)).toBe(true);
        }
      }),
    );
  });
});

test('WEB-47 the table has few rows, the newest first and always', () => {
  expect(rowsOf(3, 30)).toEqual([2, 1, 0]);
  expect(rowsOf(0, 30)).toEqual([]);
  const many = rowsOf(9_600, 30);
  expect(many.length).toBeLessThanOrEqual(30);
  expect(many[0]).toBe(9_599);
});
