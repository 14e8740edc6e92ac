import { describe, expect, test } from 'vitest';
import { inputsFromFlags } from './inputs.ts';

describe('CLI-1 inputs come from exactly one kind of flag', () => {
  test('a range includes both ends and has a step of one unless told', () => {
    expect(inputsFromFlags({ range: '1..1000' })).toEqual({
      kind: 'range',
      from: 1,
      to: 1000,
      step: 1,
    });
    expect(inputsFromFlags({ range: '-5..5..5' })).toEqual({
      kind: 'range',
      from: -5,
      to: 5,
      step: 5,
    });
  });

  test('a grid takes lists and spans, as numbers where all of them are', () => {
    expect(inputsFromFlags({ grid: ['rate=0.1,2', 'x=0..1..0.5', 'name=a,2'] })).toEqual({
      kind: 'grid',
      axes: [
        { name: 'rate', values: [0.1, 2] },
        { name: 'x', from: 0, to: 1, step: 0.5 },
        { name: 'name', values: ['a', '2'] },
      ],
    });
  });

  test('file-backed inputs keep paths and sizes', () => {
    expect(inputsFromFlags({ lines: 'a.txt' })).toEqual({
      kind: 'lines',
      path: 'a.txt',
      perShard: 1,
    });
    expect(inputsFromFlags({ chunks: 'a.txt', chunkBytes: '64KiB' })).toEqual({
      kind: 'chunks',
      path: 'a.txt',
      bytes: 65_536,
    });
  });

  test.each([
    [{}, 'INPUTS_MISSING'],
    [{ range: '1..2', lines: 'a' }, 'INPUTS_AMBIGUOUS'],
    [{ range: '1-2' }, 'OPTION_INVALID'],
    [{ grid: ['=1'] }, 'OPTION_INVALID'],
  ])('%j is refused with %s', (flags, code) => {
    expect(() => inputsFromFlags(flags)).toThrow(expect.objectContaining({ code }));
  });
});
