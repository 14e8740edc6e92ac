import type { Draft, StageDraft, WorkDraft } from './draft.ts';

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

const C_SUM = `#include <stdio.h>

// Adds up the numbers that the shards before printed, one a line.
int main(void) {
  long long number, sum = 0;
  while (scanf("%lld", &number) == 1) sum += number;
  printf("%lld\\n", sum);
  return 0;
}
`;

const CPP_SUM = `#include <iostream>

// Adds up the numbers that the shards before printed, one a line.
int main() {
  long long sum = 0;
  for (long long number; std::cin >> number;) sum += number;
  std::cout << sum << "\\n";
}
`;

const JAVASCRIPT_JOINED = `// text: what the shards before returned, as JSON, one after the other with nothing between.
export default function ({ text, bytes }, context) {
  const all = JSON.parse("[" + text.replaceAll("}{", "},{") + "]");
  return { count: all.length };
}
`;

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

/** What a job and a stage have in common until somebody says otherwise. */
const USUAL = {
  name: '',
  fileNames: { c: 'main.c', 'c++': 'main.cpp', javascript: 'main.js' },
  moreFiles: [],
  wasm: null,
  env: '',
  files: [],
  collect: { stdout: true, stderr: false, exitCode: false, value: true, files: '' },
  limits: { seconds: '60', memoryMiB: '256', outputKiB: '1024' },
  replicas: '2',
  quorum: '2',
  maxAttempts: '6',
} satisfies Partial<WorkDraft>;

/** A job that works as it stands: the squares of the numbers up to a thousand. */
export const EMPTY_DRAFT: Draft = {
  ...USUAL,
  ...GIVEN.range,
  project: '',
  source: 'c',
  code: { c: C_START, 'c++': CPP_START, javascript: JAVASCRIPT_START },
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
  networks: 'wait',
  deadline: '',
  priority: '0',
  picture: null,
  stages: [],
};

/** A stage that works as it stands: the sum of what shards print, level by level. */
export const EMPTY_STAGE: Omit<StageDraft, 'key'> = {
  ...USUAL,
  name: 'sum',
  source: 'c',
  code: { c: C_SUM, 'c++': CPP_SUM, javascript: JAVASCRIPT_JOINED },
  args: '',
  stdin: '{content}',
  take: 'tree',
  arity: '8',
};

/** The stage to begin with behind another: it takes what that one collects. */
export function firstStage({ source, collect }: WorkDraft, key: number): StageDraft {
  // Beside the files of the other stages, each has a name of its own.
  const name = `stage${key + 1}`;
  const fileNames = { c: `${name}.c`, 'c++': `${name}.cpp`, javascript: `${name}.js` };
  const groups = source !== 'javascript' && collect.files.trim() !== '' && !collect.stdout;
  return {
    ...EMPTY_STAGE,
    key,
    fileNames,
    source: source === 'javascript' ? source : 'c',
    take: groups ? 'groups' : 'tree',
  };
}
