import { expect, test } from 'vitest';
import { concat } from '../../shared/bytes.ts';
import { outputDigest } from '../../shared/verdict/digest.ts';
import { encodeOutput } from '../../shared/verdict/output.ts';
import { answer, answerColumns } from './columns.ts';

test("the load generator's columns are those of a real node", () => {
  const outputs = [7, 8, 9].map((shard) => encodeOutput({ value: answer(shard) }));
  const columns = answerColumns(7, 3);
  expect(columns.statuses).toEqual(new Uint8Array(3));
  expect(columns.outputs).toEqual(concat(outputs));
  expect(new Uint32Array(columns.lengths.buffer)).toEqual(
    Uint32Array.from(outputs, ({ length }) => length),
  );
  expect(columns.digests).toEqual(concat(outputs.map((output) => outputDigest(0, output))));
});
