import { languageOf } from '../../shared/job/clang-flags.ts';
import type { ProgramSource } from './draft.ts';

/** How a program is given, by its file's name; what is nothing else is taken for JavaScript. */
export function sourceOf(fileName: string): ProgramSource {
  if (fileName.toLowerCase().endsWith('.wasm')) return 'wasm';
  return languageOf(fileName) ?? 'javascript';
}
