import { expect, it } from 'vitest';
import { localStages } from '../local-stages.ts';

const ENERGY = 2 ** 20;
const vector = (bytes: Uint8Array) => new BigInt64Array(bytes.slice().buffer);

it('STG-23 a tree of sums comes to the sum of all vectors, and no energy is lost', async () => {
  const packets = 500;
  const { first, last } = await localStages('vectorsum', {
    inputs: { kind: 'range', from: 1, to: 10, step: 1 },
    args: ['{i}', String(packets)],
  });
  expect(last).toHaveLength(1);
  const sum = vector(last[0][0]);
  const direct = first.map(([bytes]) => vector(bytes)).reduce((a, b) => a.map((x, k) => x + b[k]));
  // A comparison of half a million big integers one by one would take the test runner minutes.
  expect(Buffer.compare(Buffer.from(sum.buffer), Buffer.from(direct.buffer))).toBe(0);
  expect(Number(sum.reduce((a, b) => a + b))).toBe(10 * packets * ENERGY);
  expect(new Set(first.map(([bytes]) => Buffer.from(bytes).toString('base64'))).size).toBe(10);
});
