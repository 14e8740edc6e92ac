import { describe, expect, test } from 'vitest';
import { JobSpec } from '../../shared/job/spec.ts';
import { commandLine, curlCommands } from './command-line.ts';
import type { Draft } from './draft.ts';
import { EMPTY_DRAFT, firstStage } from './draft-start.ts';

const DRAFT: Draft = { ...EMPTY_DRAFT, name: "it's squares" };

describe('WEB-16 a draft is the same job as a command', () => {
  test('only what differs from the usual is said, and words are quoted', () => {
    expect(commandLine(DRAFT)).toEqual({
      command: `manyhands run main.c --range 1..1000 '--arg={i}' --name 'it'\\''s squares' --out results.ndjson`,
      jobFile: null,
    });
  });

  test('limits, replicas, what is collected, files, environment', () => {
    const { command } = commandLine({
      ...DRAFT,
      inputs: { ...DRAFT.inputs, kind: 'grid' },
      args: '-x {x}\n{y}',
      env: 'MODE=fast',
      files: [{ key: 1, path: '/in', mode: 'text', content: '{x}', file: null }],
      collect: { ...DRAFT.collect, exitCode: true, files: '/out' },
      limits: { ...DRAFT.limits, seconds: '5' },
      replicas: '3',
    });
    for (const words of [
      "--grid x=0..1..0.1 --grid 'y=1,2,5'".replaceAll("'", ''),
      "'--arg=-x {x}' '--arg={y}'",
      '--env MODE=fast',
      "--file '/in={x}'",
      '--collect stdout --collect exitCode --collect-file /out',
      '--time 5s',
      '--replicas 3',
    ])
      expect(command).toContain(words);
    expect(command).not.toContain('--memory');
  });

  test('what has no option goes into a job file', () => {
    const { command, jobFile } = commandLine({ ...DRAFT, networks: 'relax' });
    expect(command).toBe('manyhands run --job job.json --out results.ndjson');
    const { program, ...rest } = JSON.parse(jobFile ?? '');
    expect(program).toEqual({ kind: 'wasi', file: ['main.c'] });
    expect(
      JobSpec.safeParse({ ...rest, program: { kind: 'wasi', blob: '0'.repeat(64) } }).success,
    ).toBe(true);
  });

  test('stages go into a job file that names their programs, and curl uploads them', () => {
    const draft = { ...DRAFT, stages: [firstStage(DRAFT, 1)] };
    const { command, jobFile } = commandLine(draft);
    expect(command).toBe('manyhands run --job job.json --out results.ndjson');
    expect(JSON.parse(jobFile ?? '').stages).toMatchObject([
      {
        name: 'sum',
        take: { kind: 'tree', arity: 8 },
        program: { kind: 'wasi', file: ['stage2.c'] },
      },
    ]);
    const curl = curlCommands(draft, 'https://example.org');
    expect(curl).toContain('--data-binary @stage2.wasm https://example.org/v1/blobs');
    expect(curl).toContain('"blob": "<id of stage2.wasm>"');
  });

  test('curl uploads each blob and posts the spec that names it', () => {
    const commands = curlCommands({ ...DRAFT, source: 'javascript' }, 'https://example.org');
    expect(commands).toContain('--data-binary @main.js https://example.org/v1/blobs');
    expect(commands).toContain('"blob": "<id of main.js>"');
    expect(commands).toContain('https://example.org/v1/jobs');
  });
});
