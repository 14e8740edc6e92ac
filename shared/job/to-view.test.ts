import { expect, it } from 'vitest';
import { JobSpec } from './spec.ts';
import { toJobView } from './to-view.ts';
import { JobView } from './view.ts';

const blob = 'b'.repeat(64);
const facts = { id: 'j1', project: 'Sample', shards: 10, programBytes: 99 };
const specOf = (kind: string, rest: object = {}) =>
  JobSpec.parse({
    name: 'A job',
    program: { kind, blob },
    inputs: { kind: 'range', from: 1, to: 10 },
    ...rest,
  });

it('JOB-23 shows nodes all they need and nothing of priorities and policies', () => {
  const view = toJobView(specOf('wasi', { priority: 3, stdin: '{i}', args: ['{i}'] }), facts);
  expect(JobView.parse(view)).toEqual(view);
  expect(view).toMatchObject({ stdin: '{i}', args: ['{i}'], shards: 10, project: 'Sample' });
  expect(JSON.stringify(view)).not.toMatch(/priority|replication|deadline/);
  const index = { blob, fileBytes: 5 };
  expect(toJobView(specOf('wasi'), { ...facts, index }).index).toEqual(index);
  expect(toJobView(specOf('wasi'), { ...facts, index: null })).not.toHaveProperty('index');
});

it('JOB-24 collects stdout of WASI and the value of JavaScript where nothing is said', () => {
  expect(toJobView(specOf('wasi'), facts).collect).toEqual({ stdout: true });
  expect(toJobView(specOf('javascript'), facts).collect).toEqual({ value: true });
  expect(toJobView(specOf('wasi', { collect: { exitCode: true } }), facts).collect).toEqual({
    exitCode: true,
  });
});
