import { describe, expect, test } from 'vitest';
import type { ResultRow } from '../../shared/api/schemas.ts';
import { chartFields, chartLines, type Sample, sampleOf } from './chart-data.ts';

function row(part: Partial<ResultRow>): ResultRow {
  return {
    shard: 0,
    cursor: '0',
    input: {},
    status: 'ok',
    confidence: 1,
    agreed: 2,
    ...part,
  };
}

function numbers(part: Partial<ResultRow>) {
  return Object.fromEntries(sampleOf(row(part))?.output ?? []);
}

describe('WEB-8 numbers are found in whatever form a program writes them', () => {
  test('as a value, an object, an array, JSON or plain text', () => {
    expect(numbers({ value: 4.5 })).toEqual({ '': 4.5 });
    expect(numbers({ value: { a: 1, b: { c: 2 }, d: 'x', e: [3, 4] } })).toEqual({
      a: 1,
      'b c': 2,
      'e 1': 3,
      'e 2': 4,
    });
    expect(numbers({ stdout: { text: '{"steps": 949}\n' } })).toEqual({ steps: 949 });
    expect(numbers({ stdout: { text: ' 12 0.5\n' } })).toEqual({ 1: 12, 2: 0.5 });
  });

  test('and where there are none, nothing is drawn', () => {
    expect(sampleOf(row({ stdout: { text: 'hello world' } }))).toBeNull();
    expect(sampleOf(row({ stdout: { base64: 'AAAA' } }))).toBeNull();
    expect(sampleOf(row({ status: 'failed', value: 1 }))).toBeNull();
    expect(sampleOf(row({ value: Array.from({ length: 1000 }, () => 1) }))).toBeNull();
  });
});

function grid(): Sample[] {
  const samples: Sample[] = [];
  for (const years of [1, 2])
    for (const strike of [80, 100, 120])
      samples.push({
        shard: samples.length,
        input: { shard: samples.length, years, strike, kind: 'call' },
        output: new Map([['price', strike * years]]),
      });
  return samples;
}

describe('WEB-9 a chart draws one output over one input', () => {
  test('the input that varies fastest is offered first; what does not vary is not', () => {
    expect(chartFields(grid())).toEqual({ along: ['strike', 'years'], values: ['price'] });
  });

  test('a line for each combination of the others', () => {
    expect(chartLines(grid(), 'strike', 'price')).toEqual({
      along: [80, 100, 120],
      names: ['years 1', 'years 2'],
      columns: [
        [80, 100, 120],
        [160, 200, 240],
      ],
      left: 0,
    });
  });

  test('lines are in the order of their values', () => {
    const samples = [0.2, 0.15, 10, 9].flatMap((rate, k) =>
      [1, 2].map((x) => ({ shard: k, input: { x, rate }, output: new Map([['', x]]) })),
    );
    expect(chartLines(samples, 'x', '').names).toEqual([
      'rate 0.15',
      'rate 0.2',
      'rate 9',
      'rate 10',
    ]);
  });

  test('points that have not come yet are gaps', () => {
    const { columns } = chartLines(grid().slice(0, 4), 'strike', 'price');
    expect(columns[1]).toEqual([160, null, null]);
  });

  test('more lines than one can follow are left out and counted', () => {
    const samples = Array.from({ length: 40 }, (_, k) => ({
      shard: k,
      input: { a: k % 2, b: k >> 1 },
      output: new Map([['', k]]),
    }));
    expect(chartLines(samples, 'a', '')).toMatchObject({ left: 12 });
  });
});
