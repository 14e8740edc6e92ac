import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Job } from '../../../shared/api/schemas.ts';
import type { JobSpecInput } from '../../../shared/job/spec.ts';
import { type ErrorAnswer, TestCoordinator, TINY_WASM } from '../test-coordinator.ts';

const coordinator = new TestCoordinator(['--requests-per-second', '100000']);
let wasm: string;
let javascript: string;
let empty: string;
let lines: string;
beforeAll(async () => {
  await coordinator.start();
  wasm = await coordinator.upload(TINY_WASM);
  javascript = await coordinator.upload('(i) => i');
  empty = await coordinator.upload('');
  lines = await coordinator.upload('one\ntwo\nthree\n');
});
afterAll(() => coordinator.destroy());

function spec(changes: Partial<JobSpecInput> = {}): JobSpecInput {
  return {
    name: 'Test',
    program: { kind: 'wasi', blob: wasm },
    inputs: { kind: 'range', from: 1, to: 10 },
    ...changes,
  };
}

/** The error that posting this job gives. */
async function refusal(changes: Record<string, unknown>): Promise<ErrorAnswer['error']> {
  const answer = await coordinator.post<ErrorAnswer>('/v1/jobs', { ...spec(), ...changes });
  expect(answer.body).toHaveProperty('error');
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  return answer.body.error;
}

async function program(kind: 'wasi' | 'javascript', source: string | Uint8Array<ArrayBuffer>) {
  return { program: { kind, blob: await coordinator.upload(source) } };
}

const MISSING = 'ab'.repeat(32);

test('API-30 a job is posted, runs, and has its defaults filled in', async () => {
  const { status, body, headers } = await coordinator.post<Job>('/v1/jobs', spec());
  expect(status).toBe(201);
  expect(headers.get('location')).toBe(`/v1/jobs/${body.id}`);
  expect(body).toMatchObject({
    state: 'running',
    shards: 10,
    counts: { waiting: 10, active: 0, done: 0, failed: 0 },
    spec: { project: 'general', limits: { timeMs: 60_000 }, replication: { quorum: 2 } },
  });
  expect((await coordinator.get<Job>(`/v1/jobs/${body.id}`)).body).toMatchObject({ id: body.id });
});

test('API-31 a range of a billion shards is posted at once', async () => {
  const inputs = { kind: 'range', from: 1, to: 1_000_000_000 } as const;
  await coordinator.post('/v1/jobs', spec({ inputs }));
  const began = performance.now();
  const { body } = await coordinator.post<Job>('/v1/jobs', spec({ inputs }));
  expect(body.shards).toBe(1_000_000_000);
  // A hundred milliseconds is the target; the rest is for busy machines.
  expect(performance.now() - began).toBeLessThan(1000);
});

test('API-32 the same idempotency key gives the same job, and never a different one', async () => {
  const key = { 'Idempotency-Key': 'one' };
  const first = await coordinator.post<Job>('/v1/jobs', spec(), key);
  const second = await coordinator.post<Job>('/v1/jobs', spec(), key);
  expect(second.body.id).toBe(first.body.id);
  const other = await coordinator.post<ErrorAnswer>('/v1/jobs', spec({ name: 'Other' }), key);
  expect(other.status).toBe(409);
  expect(other.body.error.code).toBe('IDEMPOTENCY_MISMATCH');
});

test('API-33 lines and chunks of a file are indexed and counted', async () => {
  const byLine = await coordinator.post<Job>(
    '/v1/jobs',
    spec({ inputs: { kind: 'lines', file: lines } }),
  );
  expect(byLine.body.shards).toBe(3);
  const large = await coordinator.upload('some words on a line\n'.repeat(1000));
  const inChunks = await coordinator.post<Job>(
    '/v1/jobs',
    spec({ inputs: { kind: 'chunks', file: large, bytes: 2048 } }),
  );
  expect(inChunks.body.shards).toBe(11);
});

test.each([
  ['a range backwards', { inputs: { kind: 'range', from: 2, to: 1 } }, 'RANGE_BACKWARDS', 'inputs'],
  ['an unknown field', { args: ['{j}'] }, 'TEMPLATE_UNKNOWN_FIELD', 'args.0'],
  ['an open brace', { stdin: '{i' }, 'TEMPLATE_UNCLOSED', 'stdin'],
  ['a stray brace', { env: { A: 'i}' } }, 'TEMPLATE_STRAY_BRACE', 'env.A'],
  [
    'an unknown field in a file',
    { files: [{ path: '/a', content: '{x}' }] },
    'TEMPLATE_UNKNOWN_FIELD',
    'files.0.content',
  ],
  [
    'a quorum above its replicas',
    { replication: { policy: 'quorum', replicas: 2, quorum: 3 } },
    'QUORUM_ABOVE_REPLICAS',
    'replication.quorum',
  ],
  [
    'replicas above the attempts',
    { replication: { policy: 'quorum', replicas: 4, maxAttempts: 3 } },
    'REPLICAS_ABOVE_ATTEMPTS',
    'replication.maxAttempts',
  ],
  ['a past deadline', { deadline: 1 }, 'DEADLINE_PAST', 'deadline'],
  ['a project that is not there', { project: 'nowhere' }, 'PROJECT_UNKNOWN', 'project'],
  ['a value of WASI', { collect: { value: true } }, 'COLLECT_NOT_FOR_KIND', 'collect.value'],
  [
    'two files at one path',
    {
      files: [
        { path: '/a', content: '' },
        { path: '/a', content: '' },
      ],
    },
    'FILE_PATH_DUPLICATE',
    'files.1.path',
  ],
  [
    'a file in the place of the checkpoint',
    { files: [{ path: '/checkpoint', content: '' }] },
    'FILE_PATH_RESERVED',
    'files.0.path',
  ],
  [
    'a picture of other tiles',
    { picture: { width: 20, height: 20, tileWidth: 10, tileHeight: 10, format: 'ppm' } },
    'PICTURE_TILES_MISMATCH',
    'picture',
  ],
  [
    'a tile that is too large',
    { picture: { width: 10_000, height: 1000, tileWidth: 1000, tileHeight: 1000, format: 'rgb' } },
    'PICTURE_TILE_TOO_LARGE',
    'picture',
  ],
  [
    'an axis twice',
    {
      inputs: {
        kind: 'grid',
        axes: [
          { name: 'a', values: [1] },
          { name: 'a', values: [2] },
        ],
      },
    },
    'GRID_AXIS_DUPLICATE',
    'inputs',
  ],
  [
    'too many shards',
    {
      inputs: {
        kind: 'grid',
        axes: ['a', 'b', 'c'].map((name) => ({ name, from: 0, to: 1e9, step: 1 })),
      },
    },
    'TOO_MANY_SHARDS',
    'inputs',
  ],
  [
    'a program that is not there',
    { program: { kind: 'wasi', blob: MISSING } },
    'BLOB_MISSING',
    'program.blob',
  ],
  [
    'an input that is not there',
    { inputs: { kind: 'lines', file: MISSING } },
    'BLOB_MISSING',
    'inputs.file',
  ],
  [
    'a given file that is not there',
    { files: [{ path: '/a', blob: MISSING }] },
    'BLOB_MISSING',
    'files.0.blob',
  ],
  ['a misspelt field', { argz: [] }, 'REQUEST_INVALID', ''],
  [
    'a step of zero',
    { inputs: { kind: 'range', from: 1, to: 2, step: 0 } },
    'REQUEST_INVALID',
    'inputs.step',
  ],
  [
    'an axis without a step',
    {
      inputs: { kind: 'grid', axes: [{ name: 'a', from: 1, to: 2, step: 0 }] },
    },
    'REQUEST_INVALID',
    'inputs.axes.0.step',
  ],
])('API-34 %s is refused with its code and place', async (_, changes, code, path) => {
  const error = await refusal(changes);
  expect({ code: error.code, path: error.facts.path }).toEqual({ code, path });
});

test('API-34 empty files are refused: as program, as lines, as one of a set', async () => {
  expect((await refusal({ program: { kind: 'wasi', blob: empty } })).code).toBe('BLOB_EMPTY');
  const byLine = await refusal({ inputs: { kind: 'lines', file: empty } });
  expect(byLine).toMatchObject({ code: 'INPUT_EMPTY', facts: { path: 'inputs.file' } });
  const set = await refusal({ inputs: { kind: 'files', files: [{ name: 'a', blob: empty }] } });
  expect(set).toMatchObject({ code: 'BLOB_EMPTY', facts: { path: 'inputs.files.0.blob' } });
});

test('API-34 a file that one run would be given whole is refused where it is too large', async () => {
  const large = await coordinator.upload(new Uint8Array(64 * 1024 ** 2 + 1));
  const set = await refusal({ inputs: { kind: 'files', files: [{ name: 'a', blob: large }] } });
  expect(set).toMatchObject({ code: 'FILE_TOO_LARGE', facts: { path: 'inputs.files.0.blob' } });
  const given = await refusal({ files: [{ path: '/a', blob: large }] });
  expect(given).toMatchObject({ code: 'FILE_TOO_LARGE', facts: { path: 'files.0.blob' } });
  expect((await refusal({ program: { kind: 'wasi', blob: large } })).code).toBe(
    'PROGRAM_TOO_LARGE',
  );
});

test('API-38 outputs that the coordinator could never take are refused, also of a later stage', async () => {
  const small = new TestCoordinator(['--max-blob-bytes', '2MiB']);
  await small.start();
  const refused = async (changes: Partial<JobSpecInput>) =>
    (await small.post<ErrorAnswer>('/v1/jobs', { ...spec(), ...changes })).body.error;
  await small.upload(TINY_WASM);
  const limits = { outputBytes: 3 * 1024 * 1024 };
  expect(await refused({ limits })).toMatchObject({
    code: 'OUTPUT_ABOVE_BLOBS',
    facts: { path: 'limits.outputBytes', limit: 2 * 1024 * 1024 },
  });
  const take = { kind: 'tree', arity: 2 } as const;
  const stages = [{ name: 'sum', take, program: spec().program, limits }];
  expect(await refused({ stages })).toMatchObject({
    code: 'OUTPUT_ABOVE_BLOBS',
    facts: { path: 'stages.0.limits.outputBytes' },
  });
  expect((await small.post('/v1/jobs', spec())).status).toBe(201);
  await small.destroy();
});

test('API-35 programs are checked without being run', async () => {
  const text = await refusal(await program('wasi', 'int main() {}'));
  expect(text).toMatchObject({ code: 'MODULE_NOT_WASM', facts: { path: 'program.blob' } });

  const wrongType = TINY_WASM.slice();
  // The body returns a value that its type does not have.
  wrongType.set([0x41], wrongType.length - 1);
  expect((await refusal(await program('wasi', wrongType))).code).toMatch(/^MODULE_/);

  const broken = await refusal(await program('javascript', '(i) => {\n  return i +* 2;\n}'));
  expect(broken).toMatchObject({ code: 'JAVASCRIPT_SYNTAX', facts: { line: 2, column: 13 } });
  const firstLine = await refusal(await program('javascript', '(i) => i +* 2'));
  expect(firstLine).toMatchObject({ code: 'JAVASCRIPT_SYNTAX', facts: { line: 1, column: 11 } });
  const binary = await refusal(await program('javascript', TINY_WASM.slice().fill(0xff)));
  expect(binary.code).toBe('SOURCE_NOT_TEXT');
  const huge = await refusal(await program('javascript', `() => 1 //${'x'.repeat(1024 * 1024)}`));
  expect(huge.code).toBe('SOURCE_TOO_LARGE');
  const importing = await refusal(
    await program('javascript', 'import a from "b"; export default a'),
  );
  expect(importing.code).toBe('JAVASCRIPT_IMPORT');

  const hostile = 'globalThis.ranInCoordinator = true; export default () => 1';
  await coordinator.post('/v1/jobs', { ...spec(), ...(await program('javascript', hostile)) });
  expect(globalThis).not.toHaveProperty('ranInCoordinator');
});

test('API-36 a JavaScript job may use what its kind has', async () => {
  const { status } = await coordinator.post('/v1/jobs', {
    ...spec({ collect: { value: true, stderr: true } }),
    program: { kind: 'javascript', blob: javascript },
  });
  expect(status).toBe(201);
});

test('API-37 a body that is not JSON, or too large, is refused before anything else', async () => {
  const malformed = await coordinator.fetch('/v1/jobs', { method: 'POST', body: '{' });
  expect(malformed.status).toBe(400);
  expect(((await malformed.json()) as ErrorAnswer).error.code).toBe('REQUEST_MALFORMED');
  const large = await coordinator.fetch('/v1/jobs', {
    method: 'POST',
    body: `"${'x'.repeat(5 * 1024 * 1024)}"`,
  });
  expect(large.status).toBe(413);
  expect(((await large.json()) as ErrorAnswer).error.code).toBe('BODY_TOO_LARGE');
});
