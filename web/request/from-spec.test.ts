import { expect, test } from 'vitest';
import { JobSpec, type JobSpecInput } from '../../shared/job/spec.ts';
import { EMPTY_DRAFT, EMPTY_STAGE } from './draft-start.ts';
import { fromSpec } from './from-spec.ts';
import { NO_BLOBS, toSpec } from './to-spec.ts';

const blob = NO_BLOBS.program;
const files = { ...EMPTY_DRAFT, inputFile: null };

const SPECS: JobSpecInput[] = [
  {
    name: 'range with everything',
    project: 'maths',
    program: { kind: 'wasi', blob },
    inputs: { kind: 'range', from: -5, to: 5, step: 2 },
    args: ['--from', '{i}'],
    env: { MODE: 'a=b', EMPTY: '' },
    stdin: 'seed {shard}\n',
    files: [{ path: '/in.txt', content: 'x\ny {i}' }],
    collect: { stdout: true, exitCode: true, files: ['/out.bin'] },
    limits: { timeMs: 1500, memoryMiB: 16, outputBytes: 512 },
    replication: { policy: 'quorum', replicas: 3, quorum: 2, maxAttempts: 9 },
    networks: 'relax',
    priority: -3,
    picture: { width: 6, height: 1, tileWidth: 1, tileHeight: 1, format: 'rgb' },
  },
  {
    name: 'grid',
    program: { kind: 'javascript', blob },
    inputs: {
      kind: 'grid',
      axes: [
        { name: 'x', from: 0, to: 1, step: 0.1 },
        { name: 'word', values: ['a', 'b c'] },
        { name: 'n', values: [1, 2.5, -3e-9] },
      ],
    },
    collect: { value: true },
  },
  {
    name: 'stages',
    program: { kind: 'wasi', blob },
    inputs: { kind: 'range', from: 1, to: 5 },
    collect: { files: ['/groups/0', '/groups/1'] },
    stages: [
      {
        name: 'by group',
        take: { kind: 'groups' },
        program: { kind: 'wasi', blob },
        args: ['{shard}'],
        env: { MODE: 'x' },
        stdin: '{content}',
        files: [{ path: '/in.txt', content: 'y' }],
        collect: { stdout: true },
        limits: { timeMs: 2500, memoryMiB: 16, outputBytes: 1024 },
        replication: { policy: 'quorum', replicas: 3, quorum: 2, maxAttempts: 9 },
      },
      {
        name: 'sum',
        take: { kind: 'tree', arity: 3 },
        program: { kind: 'wasi', blob },
        collect: { stdout: true },
      },
    ],
  },
];

test.each(SPECS)(
  'WEB-5 a spec that becomes a draft and a spec again says the same: $name',
  (input) => {
    const spec = JobSpec.parse(input);
    const source = spec.program.kind === 'wasi' ? 'c' : 'javascript';
    const stages = spec.stages.map(() => EMPTY_STAGE);
    const draft = fromSpec(spec, { ...files, source, stages });
    expect(JobSpec.parse(toSpec(draft, NO_BLOBS))).toEqual(spec);
  },
);
