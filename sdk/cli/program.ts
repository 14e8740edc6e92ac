import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { ManyhandsError } from '../../shared/errors.ts';
import { languageOf } from '../../shared/job/clang-flags.ts';
import type { ProgramKind } from '../../shared/job/spec.ts';
import { compileToWasm } from '../compile/clang.ts';

/** A program ready to be uploaded. */
export interface LocalProgram {
  kind: ProgramKind;
  bytes: Uint8Array<ArrayBuffer>;
  /** What the compiler warned of, as it prints it. */
  warnings: string[];
}

export interface ProgramOptions {
  /** Told what takes time, for a person. */
  onStep(step: string): void;
}

/**
 * The program in these files: one `.wasm`, one `.js` or `.mjs`, or C and C++ sources with their
 * headers, which are compiled here.
 * @throws ManyhandsError `FILE_UNREADABLE`, `PROGRAM_KIND_UNKNOWN`; CompileError.
 */
export async function readProgram(
  paths: readonly string[],
  options: ProgramOptions,
): Promise<LocalProgram> {
  const [path] = paths;
  const extension = extname(path).toLowerCase();
  if (paths.length === 1 && extension === '.wasm')
    return { kind: 'wasi', bytes: readLocal(path), warnings: [] };
  if (paths.length === 1 && (extension === '.js' || extension === '.mjs'))
    return { kind: 'javascript', bytes: readLocal(path), warnings: [] };
  if (paths.some((name) => languageOf(name) !== null)) return compile(paths, options);
  throw new ManyhandsError(
    'PROGRAM_KIND_UNKNOWN',
    `What "${path}" is cannot be told from its name. Programs end in .wasm, .c, .cc, .cpp, .cxx, .js or .mjs.`,
    { path },
  );
}

async function compile(
  paths: readonly string[],
  { onStep }: ProgramOptions,
): Promise<LocalProgram> {
  const decoder = new TextDecoder();
  const files = Object.fromEntries(
    paths.map((path) => [basename(path), decoder.decode(readLocal(path))]),
  );
  onStep(`Compiling ${paths.map((path) => basename(path)).join(', ')}`);
  const { wasm, diagnostics } = await compileToWasm({ files });
  const warnings = diagnostics.map(
    ({ file, line, column, severity, message }) =>
      `${file ?? ''}:${line}:${column}: ${severity}: ${message}`,
  );
  return { kind: 'wasi', bytes: wasm, warnings };
}

/** A whole file, with an error that names it. */
export function readLocal(path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    throw new ManyhandsError(
      'FILE_UNREADABLE',
      `${path} cannot be read: ${(error as Error).message}.`,
      { path },
    );
  }
}
