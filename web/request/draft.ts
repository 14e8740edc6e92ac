import type { Picture, StatedInputs, Take } from '../../shared/job/spec.ts';

/** How the program is given. */
export type ProgramSource = CodeSource | 'wasm';
/** The kinds of program that are typed. */
export type CodeSource = 'c' | 'c++' | 'javascript';

/** A source file beside the main one. */
export interface SourceFile {
  name: string;
  text: string;
}

/** One axis of a grid as typed. */
export interface AxisDraft {
  /** Tells axes apart while they are edited; not part of the job. */
  key: number;
  name: string;
  mode: 'values' | 'steps';
  /** Separated by commas. */
  values: string;
  from: string;
  to: string;
  step: string;
}

/** A file for the program as typed: text by template, or one chosen from the disk. */
export interface FileDraft {
  key: number;
  path: string;
  mode: 'text' | 'file';
  content: string;
  file: File | null;
}

/** A program as it is written or chosen. */
export interface ProgramDraft {
  source: ProgramSource;
  /** Each kind of program keeps its text, so that trying another loses nothing. */
  code: Record<CodeSource, string>;
  /** Name of each kind's text as a file. */
  fileNames: Record<CodeSource, string>;
  /** Headers and further sources that C or C++ is compiled with. */
  moreFiles: readonly SourceFile[];
  wasm: File | null;
}

/** What a job and each of its further stages say alike: a program, what it is given and may do. */
export interface WorkDraft extends ProgramDraft {
  name: string;
  /** One argument a line. */
  args: string;
  /** NAME=value a line. */
  env: string;
  stdin: string;
  files: FileDraft[];
  collect: {
    stdout: boolean;
    stderr: boolean;
    exitCode: boolean;
    value: boolean;
    /** One path a line. */
    files: string;
  };
  limits: { seconds: string; memoryMiB: string; outputKiB: string };
  replicas: string;
  quorum: string;
  maxAttempts: string;
}

/** A further stage as typed. */
export interface StageDraft extends WorkDraft {
  /** Tells stages apart while they are edited; not part of the job. */
  key: number;
  take: Take['kind'];
  /** Of a tree. */
  arity: string;
}

/**
 * A job as somebody is writing it: what stands in the fields, right or wrong. Numbers are texts
 * until they are checked.
 */
export interface Draft extends WorkDraft {
  /** Empty for none. */
  project: string;
  inputs: {
    kind: StatedInputs['kind'];
    range: { from: string; to: string; step: string };
    axes: AxisDraft[];
    /** Of `lines` and `chunks`. */
    file: File | null;
    perShard: string;
    chunkKiB: string;
    files: File[];
  };
  networks: 'wait' | 'relax';
  /** As `<input type="datetime-local">` gives it; empty for none. */
  deadline: string;
  priority: string;
  picture: null | {
    width: string;
    height: string;
    tileWidth: string;
    tileHeight: string;
    format: Picture['format'];
  };
  stages: readonly StageDraft[];
}

/** The kind of program that the network will run. */
export function programKind(source: ProgramSource): 'wasi' | 'javascript' {
  return source === 'javascript' ? 'javascript' : 'wasi';
}

/** The lines of a field that holds one thing a line; empty ones are nothing. */
export function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.replace(/\r$/, '')]));
}

/** All files that a draft names, each once; the programs are not among them. */
export function draftFiles(draft: Draft): File[] {
  const { inputs } = draft;
  const found = new Set<File>();
  if (inputs.kind === 'files') for (const file of inputs.files) found.add(file);
  if ((inputs.kind === 'lines' || inputs.kind === 'chunks') && inputs.file) found.add(inputs.file);
  for (const work of [draft, ...draft.stages]) for (const file of givenFiles(work)) found.add(file);
  return [...found];
}

/** The files from the disk that a program is given. */
export function givenFiles({ source, files }: WorkDraft): File[] {
  if (source === 'javascript') return [];
  return files.flatMap(({ mode, file }) => (mode === 'file' && file ? [file] : []));
}
