import { concat, fromUtf8, utf8 } from '../bytes.ts';
import { ManyhandsError } from '../errors.ts';
import { clangArguments, type Language, languageOf, OUTPUT_NAME } from './clang-flags.ts';
import { type Diagnostic, parseDiagnostics } from './diagnostics.ts';

/** A file system as @yowasp/clang takes and gives it. */
interface Tree {
  [name: string]: Tree | string | Uint8Array;
}

/** `commands.clang` and `commands['clang++']` of @yowasp/clang, bound to how it is loaded. */
export type Clang = (
  command: 'clang' | 'clang++',
  args: string[],
  files: Tree,
  stderr: (bytes: Uint8Array | null) => void,
) => Promise<Tree>;

/** What to compile: sources and headers by name, folders with slashes. */
export interface CompileRequest {
  files: Readonly<Record<string, string>>;
  /** Left out: C++ where any of the files is. */
  language?: Language;
  /** After the default flags, and so stronger. */
  flags?: readonly string[];
}

export interface Compiled {
  wasm: Uint8Array<ArrayBuffer>;
  /** Warnings. */
  diagnostics: Diagnostic[];
}

/** A program that does not compile: `COMPILE_FAILED`, with the places. */
export class CompileError extends ManyhandsError {
  readonly diagnostics: readonly Diagnostic[];
  /** All that the compiler printed. */
  readonly output: string;

  constructor(diagnostics: readonly Diagnostic[], output: string) {
    const first = diagnostics.find(({ severity }) => severity === 'error');
    const where = first?.file ? `${first.file}:${first.line}:${first.column}: ` : '';
    super(
      'COMPILE_FAILED',
      `The program does not compile: ${where}${first?.message ?? (output.trim() || 'no message')}`,
      first ? { file: first.file, line: first.line, column: first.column } : {},
    );
    this.diagnostics = diagnostics;
    this.output = output;
  }
}

/**
 * Compiles C or C++ to a WASI module with a clang that the caller has loaded.
 * @throws ManyhandsError COMPILE_NOTHING, COMPILE_FILE_NAME; CompileError.
 */
export async function compileWith(clang: Clang, request: CompileRequest): Promise<Compiled> {
  const names = Object.keys(request.files);
  const sources = names.filter((name) => languageOf(name) !== null);
  if (sources.length === 0) {
    throw new ManyhandsError(
      'COMPILE_NOTHING',
      'There is no C or C++ source to compile. Name it with .c, .cc, .cpp or .cxx.',
    );
  }
  const language =
    request.language ?? (sources.some((name) => languageOf(name) === 'c++') ? 'c++' : 'c');
  const tree = toTree(request.files);
  const printed: Uint8Array[] = [];
  let wasm: Tree[string] | undefined;
  let failed = false;
  try {
    const files = await clang(
      language === 'c' ? 'clang' : 'clang++',
      clangArguments(language, sources, request.flags),
      tree,
      (bytes) => {
        if (bytes) printed.push(bytes.slice());
      },
    );
    wasm = files[OUTPUT_NAME];
  } catch (error) {
    // Its own `Exit` says no more than that it failed; anything else is the compiler breaking down.
    // It is told by its members, because bundlers rename classes.
    failed = true;
    if (!(error instanceof Error && 'code' in error && 'files' in error))
      printed.push(utf8(`clang: error: ${error}\n`));
  }
  const output = fromUtf8(concat(printed));
  const diagnostics = parseDiagnostics(output);
  if (failed || !(wasm instanceof Uint8Array)) throw new CompileError(diagnostics, output);
  return { wasm: Uint8Array.from(wasm), diagnostics };
}

/** Trees have no prototype, so that no file name can be one of its properties. */
function newTree(): Tree {
  return Object.create(null);
}

function toTree(files: Readonly<Record<string, string>>): Tree {
  const root = newTree();
  for (const [name, text] of Object.entries(files)) {
    const path = name.split('/');
    // A name like "-o" would be a flag, and one like "../a" is not in the tree.
    const usable =
      /^[^-.]/.test(name) && path.every((part) => !/^\.{0,2}$/.test(part) && !part.includes('\0'));
    let folder: Tree[string] = root;
    for (const part of path.slice(0, -1)) {
      if (isFolder(folder)) folder = folder[part] ??= newTree();
    }
    const last = path[path.length - 1];
    if (!usable || !isFolder(folder) || last in folder) throw badName(name);
    folder[last] = text;
  }
  return root;
}

function isFolder(entry: Tree[string]): entry is Tree {
  return typeof entry === 'object' && !(entry instanceof Uint8Array);
}

function badName(name: string) {
  return new ManyhandsError(
    'COMPILE_FILE_NAME',
    `The source file name "${name}" cannot be used. Use letters, digits and dots.`,
    { name },
  );
}
