import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { ResultRow } from '../shared/api/schemas.ts';
import { readResults, returnedBy, stdoutOf } from './results.ts';

const folder = mkdtempSync(join(tmpdir(), 'manyhands-results-'));
afterAll(() => rmSync(folder, { recursive: true }));

const row = (shard: number, rest: Partial<ResultRow> = {}): ResultRow => ({
  shard,
  cursor: '',
  input: {},
  status: 'ok',
  confidence: 1,
  agreed: 2,
  ...rest,
});

async function read(...rows: ResultRow[]): Promise<number[]> {
  const path = join(folder, 'results.ndjson');
  writeFileSync(path, rows.map((each) => `${JSON.stringify(each)}\n`).join(''));
  const shards: number[] = [];
  for await (const { shard } of readResults(path)) shards.push(shard);
  return shards;
}

it('JOB-46 reads results in any order, and refuses gaps, repetitions and nothing', async () => {
  expect(await read(row(2), row(0), row(1))).toEqual([2, 0, 1]);
  await expect(read(row(2), row(0))).rejects.toThrow('2 shards, but the last is shard 2');
  await expect(read(row(0), row(0))).rejects.toThrow('Shard 0');
  await expect(read()).rejects.toThrow('results of 0 shards');
});

it('JOB-46 takes no failed shard for a result', () => {
  const failure = { outcome: 'trap', message: 'The program crashed', stderr: '' };
  expect(stdoutOf(row(1, { stdout: { text: 'x' } }))).toBe('x');
  expect(returnedBy(row(1, { value: null }))).toBeNull();
  expect(() => stdoutOf(row(1, { status: 'failed', failure }))).toThrow('The program crashed');
  expect(() => returnedBy(row(1, { status: 'failed', failure }))).toThrow('The program crashed');
});
