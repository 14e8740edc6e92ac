import type { Picture, StatedInputs } from '../../shared/job/spec.ts';

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

/**
 * A job as somebody is writing it: what stands in the fields, right or wrong. Numbers are texts
 * until they are checked.
 */
export interface Draft {
  name: string;
  /** Empty for none. */
  project: string;
  source: ProgramSource;
  /** Each kind of program keeps its text, so that trying another loses nothing. */
  code: Record<CodeSource, string>;
  /** Name of each kind's text as a file. */
  fileNames: Record<CodeSource, string>;
  /** Headers and further sources that C or C++ is compiled with. */
  moreFiles: readonly SourceFile[];
  wasm: File | null;
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
}

const C_START = `#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  long i = argc > 1 ? atol(argv[1]) : 0;
  printf("%ld\\n", i * i);
  return 0;
}
`;

const CPP_START = `#include <cstdlib>
#include <iostream>

int main(int argc, char **argv) {
  long i = argc > 1 ? std::atol(argv[1]) : 0;
  std::cout << i * i << "\\n";
}
`;

const JAVASCRIPT_START = `export default function (input, context) {
  return input * input;
}
`;

/** A job that works as it stands: the squares of the numbers up to a thousand. */
/** What a program is given of each kind of inputs, until somebody says otherwise. */
const GIVEN: Readonly<Record<Draft['inputs']['kind'], Pick<Draft, 'args' | 'stdin'>>> = {
  range: { args: '{i}', stdin: '' },
  grid: { args: '', stdin: '' },
  lines: { args: '', stdin: '{line}' },
  files: { args: '{name}', stdin: '{content}' },
  chunks: { args: '', stdin: '{content}' },
};

/** What is given when the kind of inputs becomes another; what somebody has written stays. */
export function givenFor({ inputs, args, stdin }: Draft, kind: Draft['inputs']['kind']) {
  const before = GIVEN[inputs.kind];
  return args === before.args && stdin === before.stdin ? GIVEN[kind] : {};
}

export const EMPTY_DRAFT: Draft = {
  name: '',
  project: '',
  source: 'c',
  code: { c: C_START, 'c++': CPP_START, javascript: JAVASCRIPT_START },
  fileNames: { c: 'main.c', 'c++': 'main.cpp', javascript: 'main.js' },
  moreFiles: [],
  wasm: null,
  inputs: {
    kind: 'range',
    range: { from: '1', to: '1000', step: '1' },
    axes: [
      { key: 1, name: 'x', mode: 'steps', values: '', from: '0', to: '1', step: '0.1' },
      { key: 2, name: 'y', mode: 'values', values: '1, 2, 5', from: '', to: '', step: '' },
    ],
    file: null,
    perShard: '1',
    chunkKiB: '1024',
    files: [],
  },
  ...GIVEN.range,
  env: '',
  files: [],
  collect: { stdout: true, stderr: false, exitCode: false, value: true, files: '' },
  limits: { seconds: '60', memoryMiB: '256', outputKiB: '1024' },
  replicas: '2',
  quorum: '2',
  maxAttempts: '6',
  networks: 'wait',
  deadline: '',
  priority: '0',
  picture: null,
};

/** The kind of program that the network will run. */
export function programKind(source: ProgramSource): 'wasi' | 'javascript' {
  return source === 'javascript' ? 'javascript' : 'wasi';
}

/** The lines of a field that holds one thing a line; empty ones are nothing. */
export function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.replace(/\r$/, '')]));
}

/** All files that a draft names, each once; the program is not among them. */
export function draftFiles({ inputs, files, source }: Draft): File[] {
  const found = new Set<File>();
  if (inputs.kind === 'files') for (const file of inputs.files) found.add(file);
  if ((inputs.kind === 'lines' || inputs.kind === 'chunks') && inputs.file) found.add(inputs.file);
  if (source === 'javascript') return [...found];
  for (const { mode, file } of files) if (mode === 'file' && file) found.add(file);
  return [...found];
}
