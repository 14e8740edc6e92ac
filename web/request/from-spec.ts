import type { Axis, JobSpec, Stage } from '../../shared/job/spec.ts';
import type { AxisDraft, Draft, FileDraft, ProgramDraft, StageDraft, WorkDraft } from './draft.ts';
import { EMPTY_DRAFT, EMPTY_STAGE } from './draft-start.ts';

/** What a spec cannot say of a draft: the programs' texts and the files, which it names by blob. */
export interface DraftFiles extends ProgramDraft {
  /** Of `lines` and `chunks`. */
  inputFile: File | null;
  /** The programs of the further stages. */
  stages: readonly ProgramDraft[];
}

/** A draft that says the same as a spec; files of the programs must be chosen again. */
export function fromSpec(spec: JobSpec, { inputFile, stages, ...program }: DraftFiles): Draft {
  const { picture } = spec;
  return {
    ...EMPTY_DRAFT,
    ...program,
    ...workDraft(spec),
    project: spec.project ?? '',
    inputs: { ...inputsDraft(spec.inputs), file: inputFile },
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
    stages: spec.stages.map((stage, at) => ({
      ...EMPTY_STAGE,
      ...stages[at],
      ...workDraft(stage),
      ...takeDraft(stage),
      key: at + 1,
    })),
  };
}

function takeDraft({ take }: Stage): Pick<StageDraft, 'take' | 'arity'> {
  return { take: take.kind, arity: take.kind === 'tree' ? String(take.arity) : EMPTY_STAGE.arity };
}

function workDraft(spec: Omit<Stage, 'take'>): Omit<WorkDraft, keyof ProgramDraft> {
  const { collect, limits, replication } = spec;
  const stdoutOrValue = collect === undefined;
  return {
    name: spec.name,
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
