import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../bytes.ts';
import { functionInput } from './function-input.ts';
import { countShards, fieldNames, inputFields, publicFields } from './inputs.ts';
import { Inputs } from './spec.ts';

const inputsOf = (raw: unknown) => Inputs.parse(raw);
const range = (from: number, to: number, step = 1) => inputsOf({ kind: 'range', from, to, step });
const grid = (...axes: unknown[]) => inputsOf({ kind: 'grid', axes });
const file = 'a'.repeat(64);
const content = (text: string, offset = 0) => ({ bytes: utf8(text), offset });

describe('range', () => {
  it('JOB-1 has the last value in it, and steps from the first', () => {
    expect(countShards(range(1, 10))).toBe(10);
    expect(countShards(range(1, 10, 4))).toBe(3);
    expect(inputFields(range(1, 10, 4), 2)).toEqual({ shard: 2, i: 9 });
    expect(countShards(range(-5, -5))).toBe(1);
  });

  it('JOB-1 counts and steps exactly over all safe integers', () => {
    const ends = fc.tuple(fc.maxSafeInteger(), fc.maxSafeInteger());
    fc.assert(
      fc.property(
        ends,
        fc.integer({ min: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (e, step, at) => {
          const [from, to] = e.toSorted((a, b) => a - b);
          const inputs = range(from, to, step);
          const count = (BigInt(to) - BigInt(from)) / BigInt(step) + 1n;
          fc.pre(count <= BigInt(Number.MAX_SAFE_INTEGER));
          expect(countShards(inputs)).toBe(Number(count));
          const shard = Math.floor(at * (Number(count) - 1));
          expect(publicFields(inputs, shard).i).toBe(
            Number(BigInt(from) + BigInt(step) * BigInt(shard)),
          );
        },
      ),
    );
  });

  it('JOB-2 refuses a range backwards, and one of more shards than are numbered', () => {
    expect(() => countShards(range(2, 1))).toThrow(
      expect.objectContaining({ code: 'RANGE_BACKWARDS', facts: { from: 2, to: 1 } }),
    );
    expect(() => countShards(range(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER))).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_SHARDS' }),
    );
  });
});

describe('grid', () => {
  it('JOB-3 counts as an odometer, the last axis fastest', () => {
    const inputs = grid(
      { name: 'a', values: [1, 'two'] },
      { name: 'b', from: 0, to: 1, step: 0.5 },
    );
    expect(countShards(inputs)).toBe(6);
    expect([0, 1, 2, 3].map((shard) => inputFields(inputs, shard))).toEqual([
      { shard: 0, a: 1, b: 0 },
      { shard: 1, a: 1, b: 0.5 },
      { shard: 2, a: 1, b: 1 },
      { shard: 3, a: 'two', b: 0 },
    ]);
    expect(Object.keys(publicFields(inputs, 5))).toEqual(fieldNames(inputs));
  });

  it('JOB-3 gives each shard its own point, and every point a shard', () => {
    const axis = fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(axis, { minLength: 1, maxLength: 4 }), (axes) => {
        const inputs = grid(...axes.map((values, k) => ({ name: `x${k}`, values })));
        const shards = countShards(inputs);
        const points = new Set<string>();
        for (let shard = 0; shard < shards; shard++) {
          const { shard: number, ...point } = publicFields(inputs, shard);
          expect(number).toBe(shard);
          points.add(JSON.stringify(point));
        }
        expect(points.size).toBe(axes.reduce((product, values) => product * values.length, 1));
      }),
    );
  });

  it('JOB-4 steps a decimal axis to the decimals that a person would write', () => {
    const inputs = grid({ name: 'x', from: 0, to: 1, step: 0.1 });
    expect(countShards(inputs)).toBe(11);
    const values = Array.from({ length: 11 }, (_, k) => publicFields(inputs, k).x);
    expect(values).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(publicFields(grid({ name: 'x', from: 1e-7, to: 1e-6, step: 1e-7 }), 2).x).toBe(3e-7);
    fc.assert(
      fc.property(
        fc.integer({ min: -1e6, max: 1e6 }),
        fc.integer({ min: 1, max: 1e4 }),
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 0, max: 6 }),
        (from, step, k, places) => {
          const decimal = (whole: number) => Number(`${whole}e-${places}`);
          const axis = {
            name: 'x',
            from: decimal(from),
            to: decimal(from + step * k),
            step: decimal(step),
          };
          expect(countShards(grid(axis))).toBe(k + 1);
          expect(publicFields(grid(axis), k).x).toBe(decimal(from + step * k));
        },
      ),
    );
  });

  it('JOB-4 steps an axis of too many decimals in doubles, its end included', () => {
    const step = Math.PI * 1e-10;
    const inputs = grid({ name: 'x', from: 0, to: step * 1000, step });
    expect(countShards(inputs)).toBe(1001);
    expect(publicFields(inputs, 7).x).toBe(7 * step);
    expect(countShards(grid({ name: 'x', from: 0, to: 1e300, step: 1e299 }))).toBe(11);
  });

  it('JOB-5 refuses an empty axis, two of one name, one called shard, and too many points', () => {
    const code = (...axes: unknown[]) => {
      try {
        countShards(grid(...axes));
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    const wide = { from: 0, to: 1e6, step: 1 };
    expect(code({ name: 'x', from: 1, to: 0, step: 1 })).toBe('GRID_AXIS_EMPTY');
    expect(code({ name: 'x', values: [1] }, { name: 'x', values: [2] })).toBe(
      'GRID_AXIS_DUPLICATE',
    );
    expect(code({ name: 'shard', values: [1] })).toBe('GRID_AXIS_RESERVED');
    expect(code({ name: '__proto__', values: [1] })).toBe('GRID_AXIS_RESERVED');
    expect(code(...['a', 'b', 'c'].map((name) => ({ name, ...wide })))).toBe('TOO_MANY_SHARDS');
  });
});

describe('file-backed inputs', () => {
  it('JOB-6 gives lines without their ends, numbered from one', () => {
    const one = inputsOf({ kind: 'lines', file });
    expect(inputFields(one, 4, content('caf\u00e9\r\n'))).toEqual({
      shard: 4,
      number: 5,
      line: 'caf\u00e9',
    });
    expect(inputFields(one, 0, content('\n')).line).toBe('');
    expect(inputFields(one, 0, content('no end')).line).toBe('no end');
    const three = inputsOf({ kind: 'lines', file, perShard: 3 });
    expect(inputFields(three, 2, content('a\r\nb\nc\n'))).toEqual({
      shard: 2,
      number: 7,
      line: 'a\nb\nc',
    });
  });

  it('JOB-7 gives files and chunks as bytes, and tells of them without their contents', () => {
    const files = inputsOf({ kind: 'files', files: [{ name: 'a.bin', blob: file }] });
    expect(countShards(files)).toBe(1);
    expect(inputFields(files, 0, content('x'))).toEqual({
      shard: 0,
      name: 'a.bin',
      content: utf8('x'),
    });
    const chunks = inputsOf({ kind: 'chunks', file, bytes: 1024 });
    expect(inputFields(chunks, 3, content('x', 99))).toEqual({
      shard: 3,
      content: utf8('x'),
      offset: 99,
    });
    expect(publicFields(files, 0)).toEqual({ shard: 0, name: 'a.bin' });
    expect(publicFields(chunks, 3, { shards: 9, offsetOf: () => 99 })).toEqual({
      shard: 3,
      offset: 99,
    });
  });

  it('JOB-8 refuses an empty file', () => {
    for (const raw of [
      { kind: 'lines', file },
      { kind: 'chunks', file, bytes: 1024 },
    ]) {
      expect(() => countShards(inputsOf(raw), { shards: 0 })).toThrow(
        expect.objectContaining({ code: 'INPUT_EMPTY' }),
      );
    }
  });
});

it('JOB-9 hands a function the plain value of its kind of input', () => {
  const lines = inputsOf({ kind: 'lines', file });
  const chunks = inputsOf({ kind: 'chunks', file, bytes: 1024 });
  const files = inputsOf({ kind: 'files', files: [{ name: 'a', blob: file }] });
  const axes = grid({ name: 'a', values: [1] }, { name: 'b', values: ['x'] });
  expect(functionInput(range(5, 9), inputFields(range(5, 9), 1))).toBe(6);
  expect(functionInput(axes, inputFields(axes, 0))).toEqual({ a: 1, b: 'x' });
  expect(functionInput(lines, inputFields(lines, 0, content('x\n')))).toBe('x');
  expect(functionInput(chunks, inputFields(chunks, 0, content('x\n')))).toBe('x\n');
  expect(functionInput(files, inputFields(files, 0, content('x')))).toEqual({
    name: 'a',
    text: 'x',
    bytes: utf8('x'),
  });
});
