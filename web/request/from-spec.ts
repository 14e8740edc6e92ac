import type { Axis, JobSpec } from '../../shared/job/spec.ts';
import { type AxisDraft, type Draft, EMPTY_DRAFT, type FileDraft } from './draft.ts';

/** What a spec cannot say of a draft: the program's text and the files, which it names by blob. */
export type DraftFiles = Pick<Draft, 'source' | 'code' | 'fileNames' | 'moreFiles' | 'wasm'> & {
  /** Of `lines` and `chunks`. */
  inputFile: File | null;
};

/** A draft that says the same as a spec; files of the program must be chosen again. */
export function fromSpec(spec: JobSpec, { inputFile, ...program }: DraftFiles): Draft {
  const { collect, limits, replication, picture } = spec;
  const stdoutOrValue = collect === undefined;
  return {
    ...EMPTY_DRAFT,
    ...program,
    name: spec.name,
    project: spec.project ?? '',
    inputs: { ...inputsDraft(spec.inputs), file: inputFile },
    args: spec.args.join('\n'),
    env: Object.entries(spec.env)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
    stdin: spec.stdin ?? '',
    files: spec.files.map(fileDraft),
    collect: {
      stdout: stdoutOrValue || collect.stdout === true,
      stderr: collect?.stderr === true,
      exitCode: collect?.exitCode === true,
      value: stdoutOrValue || collect.value === true,
      files: (collect?.files ?? []).join('\n'),
    },
    limits: {
      seconds: String(limits.timeMs / 1000),
      memoryMiB: String(limits.memoryMiB),
      outputKiB: String(limits.outputBytes / 1024),
    },
    replicas: String(replication.replicas),
    quorum: String(replication.quorum),
    maxAttempts: String(replication.maxAttempts),
    networks: spec.networks,
    // A deadline belongs to one posting of a job, and has passed by the next.
    deadline: '',
    priority: String(spec.priority),
    picture: picture
      ? {
          width: String(picture.width),
          height: String(picture.height),
          tileWidth: String(picture.tileWidth),
          tileHeight: String(picture.tileHeight),
          format: picture.format,
        }
      : null,
  };
}

function inputsDraft(inputs: JobSpec['inputs']): Draft['inputs'] {
  // A stage of another job: it is that job that can be posted again.
  if (inputs.kind === 'parts') return EMPTY_DRAFT.inputs;
  const draft = { ...EMPTY_DRAFT.inputs, kind: inputs.kind };
  switch (inputs.kind) {
    case 'range': {
      const { from, to, step } = inputs;
      return { ...draft, range: { from: String(from), to: String(to), step: String(step) } };
    }
    case 'grid':
      return { ...draft, axes: inputs.axes.map((axis, at) => axisDraft(axis, at + 1)) };
    case 'lines':
      return { ...draft, perShard: String(inputs.perShard) };
    case 'chunks':
      return { ...draft, chunkKiB: String(inputs.bytes / 1024) };
    case 'files':
      return draft;
  }
}

function axisDraft(axis: Axis, key: number): AxisDraft {
  const empty = { key, name: axis.name, values: '', from: '', to: '', step: '' };
  if ('values' in axis) return { ...empty, mode: 'values', values: axis.values.join(', ') };
  const { from, to, step } = axis;
  return { ...empty, mode: 'steps', from: String(from), to: String(to), step: String(step) };
}

function fileDraft(file: JobSpec['files'][number], at: number): FileDraft {
  const { path } = file;
  if ('content' in file)
    return { key: at + 1, path, mode: 'text', content: file.content, file: null };
  return { key: at + 1, path, mode: 'file', content: '', file: null };
}
