import { languageOf } from '../../shared/job/clang-flags.ts';
import { MAX_PROGRAM_BYTES } from '../../shared/job/limits.ts';
import { request as text } from '../text/en/request.ts';
import { formatBytes } from '../text/format.ts';
import type { CodeSource, ProgramDraft, ProgramSource, SourceFile } from './draft.ts';

/** How a program is given, by its file's name; what is nothing else is taken for JavaScript. */
export function sourceOf(fileName: string): ProgramSource {
  if (/\.wasm$/i.test(fileName)) return 'wasm';
  return languageOf(fileName) ?? 'javascript';
}

/** A file that C or C++ includes but that is no program by itself. */
function isHeader(fileName: string): boolean {
  return /\.(h|hh|hpp|hxx|inc)$/i.test(fileName);
}

/** What is wrong with files that are to be the program; null where nothing is. */
export function filesProblem(files: readonly File[]): string | null {
  const large = files.find((file) => file.size > MAX_PROGRAM_BYTES);
  if (!large) return null;
  return text.errors.programTooLarge(
    large.name,
    formatBytes(large.size),
    formatBytes(MAX_PROGRAM_BYTES),
  );
}

/**
 * What dropped files change in a program. Of several, the first source is the main one; headers
 * alone are added to what is there.
 */
export async function takeFiles(
  draft: ProgramDraft,
  files: readonly File[],
): Promise<Partial<ProgramDraft>> {
  const main = files.find(({ name }) => !isHeader(name));
  const rest = await Promise.all(files.filter((file) => file !== main).map(readSource));
  if (!main) return { moreFiles: withFiles(draft.moreFiles, rest) };
  const source = sourceOf(main.name);
  if (source === 'wasm') return { source, wasm: main };
  return {
    source,
    code: { ...draft.code, [source]: await main.text() },
    fileNames: { ...draft.fileNames, [source]: main.name },
    moreFiles: rest,
  };
}

/** The program with another text in one of its files. */
export function withText(
  draft: ProgramDraft,
  source: CodeSource,
  fileName: string,
  text: string,
): Partial<ProgramDraft> {
  if (fileName === draft.fileNames[source]) return { code: { ...draft.code, [source]: text } };
  return { moreFiles: withFiles(draft.moreFiles, [{ name: fileName, text }]) };
}

function withFiles(old: readonly SourceFile[], changed: readonly SourceFile[]): SourceFile[] {
  const byName = new Map(old.map((file) => [file.name, file]));
  for (const file of changed) byName.set(file.name, file);
  return [...byName.values()];
}

async function readSource(file: File): Promise<SourceFile> {
  return { name: file.name, text: await file.text() };
}
