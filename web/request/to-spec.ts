import type { JobSpecInput } from '../../shared/job/spec.ts';
import {
  type AxisDraft,
  type Draft,
  type FileDraft,
  linesOf,
  programKind,
  type StageDraft,
  type WorkDraft,
} from './draft.ts';

/** Blobs of a draft's files: their ids once they are uploaded, stand-ins before. */
export interface DraftBlobs {
  program: string;
  /** Of each further stage's program. */
  stages: readonly string[];
  of(file: File): string;
}

const NO_BLOB = '0'.repeat(64);

/** Stands for every blob while a job is only checked or tried. */
export const NO_BLOBS: DraftBlobs = { program: NO_BLOB, stages: [], of: () => NO_BLOB };

/**
 * The job spec that a draft says, not yet checked: what cannot be a number is NaN, which the schema
 * refuses at its place.
 */
export function toSpec(draft: Draft, blobs: DraftBlobs): JobSpecInput {
  const spec: JobSpecInput = {
    ...workOf(draft, blobs.program, blobs),
    inputs: inputsOf(draft, blobs),
    networks: draft.networks,
    priority: number(draft.priority),
  };
  if (draft.project !== '') spec.project = draft.project;
  if (draft.deadline !== '') spec.deadline = Date.parse(draft.deadline);
  if (draft.stages.length > 0)
    spec.stages = draft.stages.map((stage, at) =>
      stageOf(stage, blobs.stages[at] ?? NO_BLOB, blobs),
    );
  if (draft.picture) {
    const { width, height, tileWidth, tileHeight, format } = draft.picture;
    spec.picture = {
      width: number(width),
      height: number(height),
      tileWidth: number(tileWidth),
      tileHeight: number(tileHeight),
      format,
    };
  }
  return spec;
}

type StageInput = NonNullable<JobSpecInput['stages']>[number];

function stageOf(stage: StageDraft, program: string, blobs: DraftBlobs): StageInput {
  const { name, ...work } = workOf(stage, program, blobs);
  const { take, arity } = stage;
  return {
    name,
    take: take === 'tree' ? { kind: take, arity: number(arity) } : { kind: take },
    ...work,
  };
}

/** What a job and a stage say alike. */
function workOf(work: WorkDraft, program: string, blobs: DraftBlobs): Omit<StageInput, 'take'> {
  const kind = programKind(work.source);
  const { limits } = work;
  return {
    name: work.name.trim(),
    program: { kind, blob: program },
    args: linesOf(work.args),
    env: Object.fromEntries(linesOf(work.env).map(variable)),
    ...(work.stdin !== '' && kind === 'wasi' && { stdin: work.stdin }),
    files: kind === 'javascript' ? [] : work.files.map((file) => givenFile(file, blobs)),
    collect: collectOf(work),
    limits: {
      timeMs: Math.round(number(limits.seconds) * 1000),
      memoryMiB: number(limits.memoryMiB),
      outputBytes: Math.round(number(limits.outputKiB) * 1024),
    },
    replication: {
      policy: 'quorum',
      replicas: number(work.replicas),
      quorum: number(work.quorum),
      maxAttempts: number(work.maxAttempts),
    },
  };
}

type GivenFile = NonNullable<JobSpecInput['files']>[number];

function givenFile({ path, mode, file, content }: FileDraft, blobs: DraftBlobs): GivenFile {
  if (mode === 'file' && file) return { path: path.trim(), blob: blobs.of(file) };
  return { path: path.trim(), content };
}

function inputsOf({ inputs }: Draft, blobs: DraftBlobs): JobSpecInput['inputs'] {
  const file = inputs.file ? blobs.of(inputs.file) : '';
  switch (inputs.kind) {
    case 'range': {
      const { from, to, step } = inputs.range;
      return { kind: 'range', from: number(from), to: number(to), step: number(step) };
    }
    case 'grid':
      return { kind: 'grid', axes: inputs.axes.map(axisOf) };
    case 'lines':
      return { kind: 'lines', file, perShard: number(inputs.perShard) };
    case 'chunks':
      return { kind: 'chunks', file, bytes: Math.round(number(inputs.chunkKiB) * 1024) };
    case 'files':
      return {
        kind: 'files',
        files: inputs.files.map((one) => ({ name: one.name, blob: blobs.of(one) })),
      };
  }
}

type GridAxis = Extract<JobSpecInput['inputs'], { kind: 'grid' }>['axes'][number];

function axisOf({ name, mode, values, from, to, step }: AxisDraft): GridAxis {
  if (mode === 'steps')
    return { name: name.trim(), from: number(from), to: number(to), step: number(step) };
  const parts = values.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  const numbers = parts.map(number);
  return { name: name.trim(), values: numbers.every(Number.isFinite) ? numbers : parts };
}

function collectOf({ source, collect }: WorkDraft): NonNullable<JobSpecInput['collect']> {
  const stderr = collect.stderr && { stderr: true };
  if (source === 'javascript') return { ...(collect.value && { value: true }), ...stderr };
  const files = linesOf(collect.files).map((path) => path.trim());
  return {
    ...(collect.stdout && { stdout: true }),
    ...stderr,
    ...(collect.exitCode && { exitCode: true }),
    ...(files.length > 0 && { files }),
  };
}

function variable(line: string): [name: string, value: string] {
  const at = line.indexOf('=');
  return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1)];
}

/** A number as people type it: spaces and underscores between digits are allowed, nothing is NaN. */
function number(text: string): number {
  const plain = text.replace(/[\s_]/g, '');
  return plain === '' ? Number.NaN : Number(plain);
}
