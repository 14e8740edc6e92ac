import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Job } from '../../shared/api/schemas.ts';
import type { JobSpecInput } from '../../shared/job/spec.ts';
import { type ErrorAnswer, TestCoordinator, TINY_WASM } from './test-coordinator.ts';

const coordinator = new TestCoordinator(['--requests-per-second', '100000']);
let wasm: string;

beforeAll(async () => {
  await coordinator.start();
  wasm = await coordinator.upload(TINY_WASM);
});
afterAll(() => coordinator.destroy());

type Stages = NonNullable<JobSpecInput['stages']>;
const stage = (changes: Partial<Stages[number]> = {}): Stages[number] => ({
  name: 'sum',
  take: { kind: 'tree', arity: 2 },
  program: { kind: 'wasi', blob: wasm },
  stdin: '{content}',
  ...changes,
});
const spec = (changes: Partial<JobSpecInput> = {}): JobSpecInput => ({
  name: 'Staged',
  program: { kind: 'wasi', blob: wasm },
  inputs: { kind: 'range', from: 1, to: 4 },
  stages: [stage()],
  ...changes,
});
const post = async (changes: Partial<JobSpecInput> = {}) =>
  (await coordinator.post<Job>('/v1/jobs', spec(changes))).body;
const get = async (id: string) => (await coordinator.get<Job>(`/v1/jobs/${id}`)).body;

test('STG-2 the first stage runs, the others wait, and each tells of all', async () => {
  const first = await post();
  const all = first.stage?.all ?? [];
  expect(all.map(({ state, shards }) => [state, shards])).toEqual([
    ['running', 4],
    ['waiting', 2],
    ['waiting', 1],
  ]);
  expect(all[1].waits?.code).toBe('STAGE_BEFORE_OPEN');
  const last = await get(all[2].id);
  expect(last).toMatchObject({
    state: 'waiting',
    spec: { name: 'Staged: sum', inputs: { kind: 'parts', shards: 1 } },
    stage: { first: first.id, number: 3, of: 3, previous: all[1].id, next: null },
  });
});

test('STG-3 a job in stages is listed once, under its first stage', async () => {
  const first = await post({ name: 'Listed' });
  const { jobs } = (await coordinator.get<{ jobs: Job[] }>('/v1/jobs')).body;
  const listed = jobs.filter(({ spec: { name } }) => name.startsWith('Listed'));
  expect(listed.map(({ id }) => id)).toEqual([first.id]);
  const waiting = await coordinator.get<{ jobs: Job[] }>('/v1/jobs?state=waiting');
  expect(waiting.body.jobs).toEqual([]);
});

test('STG-11 cancelling the first stage cancels all, a later one only those behind it', async () => {
  const states = async (id: string) => (await get(id)).stage?.all.map(({ state }) => state);
  const whole = await post();
  await coordinator.post(`/v1/jobs/${whole.id}/cancel`, {});
  expect(await states(whole.id)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  const part = await post();
  await coordinator.post(`/v1/jobs/${part.stage?.all[1].id}/cancel`, {});
  expect(await states(part.id)).toEqual(['running', 'cancelled', 'cancelled']);
});

test.each<[string, () => Partial<JobSpecInput>, string, string]>([
  [
    'a template of another kind of inputs',
    () => ({ stages: [stage({ args: ['{i}'] })] }),
    'TEMPLATE_UNKNOWN_FIELD',
    'stages.0.args.0',
  ],
  [
    'a program that is not there',
    () => ({ stages: [stage(), stage({ program: { kind: 'wasi', blob: 'ab'.repeat(32) } })] }),
    'BLOB_MISSING',
    'stages.1.program.blob',
  ],
  [
    'a file that is not there',
    () => ({ stages: [stage({ files: [{ path: '/a', blob: 'ab'.repeat(32) }] })] }),
    'BLOB_MISSING',
    'stages.0.files.0.blob',
  ],
  [
    'a collect that nobody takes',
    () => ({ stages: [stage({ take: { kind: 'groups' } })] }),
    'STAGE_COLLECT_MISMATCH',
    'collect',
  ],
  [
    'inputs that only the coordinator makes',
    () => ({ inputs: { kind: 'parts', shards: 3 } }),
    'INPUTS_INTERNAL',
    'inputs.kind',
  ],
])('STG-7 %s is refused when the job is posted', async (_, changes, code, path) => {
  const { status, body } = await coordinator.post<ErrorAnswer>('/v1/jobs', spec(changes()));
  expect(status).toBeLessThan(500);
  expect([body.error.code, body.error.facts.path]).toEqual([code, path]);
});
