/** Languages that are compiled to WASI programs. */
export type Language = 'c' | 'c++';

const EXTENSIONS: ReadonlyMap<string, Language> = new Map([
  ['c', 'c'],
  ['cc', 'c++'],
  ['cpp', 'c++'],
  ['cxx', 'c++'],
]);

/** The language of a source file by its name, or null where it is not one that is compiled. */
export function languageOf(fileName: string): Language | null {
  const dot = fileName.lastIndexOf('.');
  if (dot < 0) return null;
  return EXTENSIONS.get(fileName.slice(dot + 1).toLowerCase()) ?? null;
}

/** Name of the compiled module among the compiler's files. */
export const OUTPUT_NAME = 'a.wasm';

/**
 * Flags of every compilation. Vector instructions but never relaxed ones, which differ between
 * machines; no exceptions, which the C++ library for WASI is built without. The stack is a megabyte
 * and comes first in memory, so that overflowing it traps instead of overwriting data.
 */
const FLAGS: readonly string[] = [
  '-O3',
  '-msimd128',
  '-mno-relaxed-simd',
  '-fno-exceptions',
  '-Wall',
  // Headers in folders are named from the top: the compiler's file system knows no "..".
  '-I.',
  '-Wl,-z,stack-size=1048576',
  '-Wl,--stack-first',
  '-Wl,--strip-debug',
];

const STANDARDS: Readonly<Record<Language, string>> = { c: '-std=c23', 'c++': '-std=c++23' };

/** Arguments of clang (or clang++) for these source files; `extra` come last and so win. */
export function clangArguments(
  language: Language,
  sources: readonly string[],
  extra: readonly string[] = [],
): string[] {
  return [STANDARDS[language], ...FLAGS, ...extra, '-o', OUTPUT_NAME, ...sources, '-lm'];
}
