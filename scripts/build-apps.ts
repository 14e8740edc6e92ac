import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseAppSpec, toJobSpec } from '../apps/app-spec.ts';
import { compileToWasm } from '../sdk/compile/clang.ts';
import { clangArguments, languageOf } from '../shared/job/clang-flags.ts';
import type { JobSpec } from '../shared/job/spec.ts';
import { repositoryRoot } from './repository.ts';

/** A sample program that can be posted: what `dist/apps/NAME/app.json` holds. */
export interface BuiltApp {
  /** Its folder's name. */
  name: string;
  spec: JobSpec;
  /** File of each blob that the spec names, beside `app.json`. */
  blobs: Record<string, string>;
}

const OUTPUT = join(repositoryRoot, 'dist/apps');

/**
 * Builds every sample program into dist/apps, one folder each with its blobs and `app.json`. What
 * has been compiled before from the same source, flags and compiler is left as it is.
 * @param progress told what takes time.
 * @throws CompileError
 */
export async function buildApps(progress: (step: string) => void = () => {}): Promise<BuiltApp[]> {
  const apps: BuiltApp[] = [];
  for (const file of globSync('apps/*/job.json', { cwd: repositoryRoot }).toSorted()) {
    apps.push(await buildApp(join(repositoryRoot, dirname(file)), progress));
  }
  return apps;
}

async function buildApp(source: string, progress: (step: string) => void): Promise<BuiltApp> {
  const name = basename(source);
  const target = join(OUTPUT, name);
  mkdirSync(target, { recursive: true });
  const { spec, files } = parseAppSpec(readFileSync(join(source, 'job.json'), 'utf8'));
  const blobs: Record<string, string> = {};
  const keep = (bytes: Uint8Array, fileName: string): string => {
    const id = createHash('sha256').update(bytes).digest('hex');
    writeWhole(join(target, fileName), bytes);
    blobs[id] = fileName;
    return id;
  };
  const build = async (files: readonly string[], name: string) => {
    const { bytes, fileName } = await programOf(source, target, { files, name }, progress);
    return keep(bytes, fileName);
  };
  const program = await build(files.program, name);
  const stages: string[] = [];
  for (const own of files.stages) stages.push(await build(own, `${name}-${stages.length + 2}`));
  const input = files.input && keep(readFileSync(join(source, files.input)), basename(files.input));
  const app: BuiltApp = { name, spec: toJobSpec(spec, { program, stages, input }), blobs };
  writeWhole(join(target, 'app.json'), `${JSON.stringify(app, null, 2)}\n`);
  return app;
}

/** The program's bytes and the name to keep them under: source as it is, or compiled. */
async function programOf(
  source: string,
  target: string,
  { files, name }: { files: readonly string[]; name: string },
  progress: (step: string) => void,
): Promise<{ bytes: Uint8Array; fileName: string }> {
  const texts = Object.fromEntries(
    files.map((file) => [file, readFileSync(join(source, file), 'utf8')]),
  );
  const [main] = files;
  const language = languageOf(main);
  if (!language) return { bytes: Buffer.from(texts[main]), fileName: basename(main) };
  const fileName = `${name}.wasm`;
  const key = createHash('sha256')
    .update(JSON.stringify([texts, clangArguments(language, files), compilerVersion()]))
    .digest('hex');
  const known = join(target, `${name}.sha256`);
  try {
    if (readFileSync(known, 'utf8') === key) {
      return { bytes: readFileSync(join(target, fileName)), fileName };
    }
  } catch {
    // Not built yet.
  }
  progress(`Compiling apps/${basename(source)}/${main}`);
  const { wasm } = await compileToWasm({ files: texts });
  writeWhole(join(target, fileName), wasm);
  // Last, so that an interrupted build is done again.
  writeWhole(known, key);
  return { bytes: wasm, fileName };
}

/** Several tests build at the same time, and none may read half a file of another. */
function writeWhole(path: string, content: string | Uint8Array) {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, path);
}

function compilerVersion(): string {
  const path = join(repositoryRoot, 'node_modules/@yowasp/clang/package.json');
  return JSON.parse(readFileSync(path, 'utf8')).version;
}

if (import.meta.main) {
  for (const { name } of await buildApps((step) => console.error(step))) {
    console.log(join(OUTPUT, name, 'app.json'));
  }
}
