import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fromUtf8 } from '../../shared/bytes.ts';
import { localStages } from '../local-stages.ts';

const text = readFileSync(new URL('../textstats/data/shakespeare.txt', import.meta.url), 'utf8');

it('STG-22 words counted in two stages are those of a plain pass over the text', async () => {
  const plain = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(/[a-z]+(?:'[a-z]+)*/g))
    plain.set(word, (plain.get(word) ?? 0) + 1);
  const { first, last } = await localStages('wordcount');
  expect(first.length).toBeGreaterThan(10);
  const lines = last.map(([stdout]) => fromUtf8(stdout).trimEnd().split('\n'));
  for (const group of lines) expect(group).toEqual(group.toSorted());
  const counts = lines.flat().map((line) => line.split(' ') as [string, string]);
  expect(counts).toHaveLength(plain.size);
  expect(new Map(counts.map(([word, count]) => [word, Number(count)]))).toEqual(plain);
});
