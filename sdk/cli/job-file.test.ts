import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { localJob } from './job-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'manyhands-job-file-'));
const path = join(folder, 'job.json');
afterAll(() => rmSync(folder, { recursive: true }));

const job = {
  name: 'x',
  program: { file: 'map.c' },
  inputs: { kind: 'range', from: 1, to: 2 },
};
const read = (changes: object) => {
  writeFileSync(path, JSON.stringify({ ...job, ...changes }));
  return localJob(path);
};

test('STG-25 a job file names the programs of its stages by path, and all else as a job spec does', () => {
  const take = { kind: 'groups' };
  const { programs, stages, rest } = read({
    stages: [{ name: 'reduce', take, program: { kind: 'wasi', file: ['reduce.c', '../a.h'] } }],
  });
  expect(programs).toEqual([join(folder, 'map.c')]);
  expect(stages).toEqual([
    {
      programs: [join(folder, 'reduce.c'), join(folder, '../a.h')],
      rest: { name: 'reduce', take },
    },
  ]);
  expect(rest).toEqual({ name: 'x' });
  expect(read({}).stages).toEqual([]);
});

test('STG-25 a stage without a program, or inputs that only a coordinator makes, are refused', () => {
  expect(() => read({ stages: [{ name: 'reduce' }] })).toThrow('stages.0.program');
  expect(() => read({ inputs: { kind: 'parts', shards: 2 } })).toThrow('stages');
});
