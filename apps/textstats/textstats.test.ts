import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromUtf8 } from '../../shared/bytes.ts';
import { functionInput } from '../../shared/job/function-input.ts';
import { indexBuilder, type SlicedInputs } from '../../shared/job/index-builder.ts';
import { countShards, inputFields } from '../../shared/job/inputs.ts';
import { wrapSource } from '../../shared/job/javascript.ts';
import { decodeIndex } from '../../shared/job/slice-index.ts';
import { shardRange, splitSlices } from '../../shared/job/slices.ts';
import { blobOf, builtApp } from '../local-app.ts';
import { parseChunk, TextStats } from './reduce.ts';

const whole = readFileSync(new URL('data/shakespeare.txt', import.meta.url), 'utf8');

/** Runs the job as the network does, chunk by chunk, in the given order. */
async function analyse(order: (shards: number[]) => number[]): Promise<TextStats> {
  const app = await builtApp('textstats');
  const inputs = app.spec.inputs as SlicedInputs;
  const file = blobOf(app, inputs.file);
  const builder = indexBuilder(inputs);
  builder.push(file);
  const index = decodeIndex(builder.finish());
  const source = fromUtf8(blobOf(app, app.spec.program.blob));
  const program = runInNewContext(wrapSource(source).expression);
  const stats = new TextStats();
  const shards = Array.from({ length: countShards(inputs, index) }, (_, shard) => shard);
  for (const shard of order(shards)) {
    const { start, end } = shardRange(index, shard, 1);
    const content = splitSlices(index, inputs, shard, 1, file.slice(start, end));
    const value = program(functionInput(inputs, inputFields(inputs, shard, content)));
    stats.add(parseChunk(JSON.parse(JSON.stringify(value))));
  }
  return stats;
}

describe('textstats', () => {
  let stats: TextStats;
  beforeAll(async () => {
    stats = await analyse((shards) => shards);
  });

  it('JOB-42 counts every line and character of the file once', () => {
    expect(stats.lines).toBe(40_000);
    expect(stats.characters).toBe(1_115_394);
  });

  it('JOB-42 counts words as a plain pass over the whole file does', () => {
    const plain = new Map<string, number>();
    // Another way to the same words: everything else becomes a space.
    const letters = whole.toLowerCase().replace(/[^a-z']/g, ' ');
    const words = letters
      .split(' ')
      .flatMap((word) => word.split(/'(?![a-z])|(?<![a-z])'/))
      .filter((word) => word !== '');
    for (const word of words) plain.set(word, (plain.get(word) ?? 0) + 1);
    expect(stats.words).toBe(words.length);
    expect(stats.counts).toEqual(plain);
    expect(stats.vocabulary).toBe(plain.size);
    expect(stats.once).toBe([...plain.values()].filter((count) => count === 1).length);
  });

  it('JOB-42 finds the words that English always has most of, and the play in the file', () => {
    expect(stats.top(5).map(([word]) => word)).toEqual(['the', 'and', 'to', 'i', 'of']);
    expect(stats.counts.get('romeo')).toBe(whole.match(/\bromeo\b(?!'[a-z])/gi)?.length);
    expect(stats.yule).toBeGreaterThan(50);
    expect(stats.yule).toBeLessThan(150);
  });

  it('JOB-42 comes to the same whatever order the results arrive in', async () => {
    const reversed = await analyse((shards) => shards.toReversed());
    expect(reversed.counts).toEqual(stats.counts);
    expect(reversed.top(100)).toEqual(stats.top(100));
  });
});
