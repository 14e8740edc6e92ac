import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toBase64 } from '../shared/bytes.ts';
import { compileC } from './compile-c.ts';
import { repositoryRoot } from './repository.ts';

/** Functions of `Math` whose results the language leaves to the engine, but for those of hypot. */
const ONE_ARGUMENT =
  'acos acosh asin asinh atan atanh cbrt cos cosh exp expm1 log log10 log1p log2 sin sinh tan tanh';
const TWO_ARGUMENTS = 'atan2 hypot pow';

/** Where the module goes, as text that a bundler can take in. */
export const MATH_MODULE_PATH = join(repositoryRoot, 'worker/executors/math-module.ts');

/** The C library's mathematics as a WASM module without a program, as the source of a module. */
export async function mathModuleSource(): Promise<string> {
  const wrappers = [
    ...ONE_ARGUMENT.split(' ').map(
      (name) => `EXPORT double m_${name}(double x) { return ${name}(x); }`,
    ),
    ...TWO_ARGUMENTS.split(' ').map(
      (name) => `EXPORT double m_${name}(double x, double y) { return ${name}(x, y); }`,
    ),
  ];
  const source = `#include <math.h>
#define EXPORT(name) __attribute__((export_name(name)))
${wrappers.join('\n')}
`.replace(/EXPORT double m_(\w+)/g, 'EXPORT("$1") double m_$1');
  const wasm = await compileC(source, [
    '-fno-builtin',
    '-nostartfiles',
    '-Wl,--no-entry',
    '-Wl,--gc-sections',
    '-Wl,-z,stack-size=4096',
  ]);
  return `/** Made by scripts/build-math.ts from the C library for WASI (musl, MIT licence). */
export const MATH_MODULE =
  '${toBase64(wasm)}';
`;
}

if (import.meta.main) writeFileSync(MATH_MODULE_PATH, await mathModuleSource());
