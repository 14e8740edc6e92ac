import type { JobSpecInput } from '../../shared/job/spec.ts';
import { type AxisDraft, type Draft, type FileDraft, linesOf, programKind } from './draft.ts';

/** Blobs of a draft's files: their ids once they are uploaded, stand-ins before. */
export interface DraftBlobs {
  program: string;
  of(file: File): string;
}

/** Stands for every blob while a job is only checked or tried. */
export const NO_BLOBS: DraftBlobs = { program: '0'.repeat(64), of: () => '0'.repeat(64) };

/**
 * The job spec that a draft says, not yet checked: what cannot be a number is NaN, which the schema
 * refuses at its place.
 */
export function toSpec(draft: Draft, blobs: DraftBlobs): JobSpecInput {
  const kind = programKind(draft.source);
  const spec: JobSpecInput = {
    name: draft.name.trim(),
    program: { kind, blob: blobs.program },
    inputs: inputsOf(draft, blobs),
    args: linesOf(draft.args),
    env: Object.fromEntries(linesOf(draft.env).map(variable)),
    files: kind === 'javascript' ? [] : draft.files.map((file) => givenFile(file, blobs)),
    collect: collectOf(draft),
    limits: {
      timeMs: Math.round(number(draft.limits.seconds) * 1000),
      memoryMiB: number(draft.limits.memoryMiB),
      outputBytes: Math.round(number(draft.limits.outputKiB) * 1024),
    },
    replication: {
      policy: 'quorum',
      replicas: number(draft.replicas),
      quorum: number(draft.quorum),
      maxAttempts: number(draft.maxAttempts),
    },
    networks: draft.networks,
    priority: number(draft.priority),
  };
  if (draft.project !== '') spec.project = draft.project;
  if (draft.stdin !== '' && kind === 'wasi') spec.stdin = draft.stdin;
  if (draft.deadline !== '') spec.deadline = Date.parse(draft.deadline);
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

function collectOf({ source, collect }: Draft): NonNullable<JobSpecInput['collect']> {
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
