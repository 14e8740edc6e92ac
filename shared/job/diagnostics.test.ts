import { expect, it } from 'vitest';
import { clangArguments, languageOf, OUTPUT_NAME } from './clang-flags.ts';
import { parseDiagnostics } from './diagnostics.ts';

it('JOB-31 reads clang and wasm-ld, and leaves out the lines that only show source', () => {
  const stderr = [
    'In file included from main.cpp:1:',
    "./inc/a.h:3:7: error: expected ';' after class",
    '    3 | };',
    '      |       ^',
    '\u001b[1mmain.cpp:12:1: \u001b[0;1;35mwarning: \u001b[0munused [-Wunused]\r',
    'main.cpp:2:10: fatal error: no.h: file not found',
    'clang++: error: linker command failed with exit code 1',
    'wasm-ld: error: /tmp/main-62bf3f.o: undefined symbol: f(int)',
    '2 errors generated.',
  ].join('\n');
  expect(parseDiagnostics(stderr)).toEqual([
    {
      severity: 'error',
      message: "expected ';' after class",
      file: 'inc/a.h',
      line: 3,
      column: 7,
    },
    { severity: 'warning', message: 'unused [-Wunused]', file: 'main.cpp', line: 12, column: 1 },
    {
      severity: 'error',
      message: 'no.h: file not found',
      file: 'main.cpp',
      line: 2,
      column: 10,
    },
    {
      severity: 'error',
      message: 'linker command failed with exit code 1',
      file: null,
      line: 0,
      column: 0,
    },
    {
      severity: 'error',
      message: 'main: undefined symbol: f(int)',
      file: null,
      line: 0,
      column: 0,
    },
  ]);
  expect(parseDiagnostics('')).toEqual([]);
});

it('JOB-30 tells languages by file name, and lets given flags win over the default ones', () => {
  expect(['a.c', 'A.CC', 'b/x.cpp', 'x.h', 'c', 'x.constructor'].map(languageOf)).toEqual([
    'c',
    'c++',
    'c++',
    null,
    null,
    null,
  ]);
  const flags = clangArguments('c', ['a.c'], ['-O1']);
  expect(flags.indexOf('-O1')).toBeGreaterThan(flags.indexOf('-O3'));
  expect(flags).toContain(OUTPUT_NAME);
  expect(flags.join(' ')).not.toMatch(/pthread|-mrelaxed-simd|ffast-math/);
});
