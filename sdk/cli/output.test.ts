import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkOutput, lastCursor, outputFormat, RowWriter } from './output.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'manyhands-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const row = (shard: number) =>
  ({ shard, cursor: `c${shard}`, input: {}, status: 'ok', confidence: 1, agreed: 2 }) as const;

test('CLI-3 the name of the output file says its format', () => {
  expect(['a.csv', 'a.ZIP', 'a.ndjson', 'a', undefined].map(outputFormat)).toEqual([
    'csv',
    'zip',
    'ndjson',
    'ndjson',
    'ndjson',
  ]);
});

test('CLI-3 a file that is there is not written over unless forced', () => {
  const path = join(folder, 'a.ndjson');
  checkOutput(path, false);
  writeFileSync(path, 'kept');
  expect(() => checkOutput(path, false)).toThrow(
    expect.objectContaining({ code: 'OUTPUT_EXISTS' }),
  );
  checkOutput(path, true);
});

test('CLI-3 writing goes on after the last whole row', async () => {
  const path = join(folder, 'a.ndjson');
  expect(lastCursor(path)).toBeUndefined();
  const first = new RowWriter(path, false);
  await first.write(row(0));
  await first.write(row(1));
  await first.close();
  expect(lastCursor(path)).toBe('c1');
  const second = new RowWriter(path, true);
  await second.write(row(2));
  await second.close();
  expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(3);
});

test('CLI-3 a line cut in the middle is no place to go on from', () => {
  const path = join(folder, 'a.ndjson');
  writeFileSync(path, '{"cursor":"c0"}\n{"curs');
  expect(() => lastCursor(path)).toThrow(expect.objectContaining({ code: 'OUTPUT_NOT_RESULTS' }));
});

test('CLI-3 where nothing can be written is said before anything is posted', () => {
  const path = join(folder, 'absent', 'a.ndjson');
  expect(() => checkOutput(path, false)).toThrow(
    expect.objectContaining({ code: 'OUTPUT_UNWRITABLE' }),
  );
});

test('CLI-3 a file that cannot be written any more is an error with a code', async () => {
  const writer = new RowWriter(folder, false);
  await expect(writer.close()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
});
