import {
  type Clang,
  type Compiled,
  type CompileRequest,
  compileWith,
} from '../../shared/job/compile.ts';

/** Told how much of the compiler has been read, in bytes, while it loads for the first time. */
export type LoadProgress = (done: number, total: number) => void;

/**
 * Compiles C or C++ to a WASI module, in this process. The compiler itself is WebAssembly: it takes
 * some seconds to load the first time, and half a second for a small file after that.
 * @throws ManyhandsError COMPILE_NOTHING, COMPILE_FILE_NAME; CompileError with the diagnostics.
 */
export async function compileToWasm(
  request: CompileRequest,
  onLoad?: LoadProgress,
): Promise<Compiled> {
  return compileWith(await loadClang(onLoad), request);
}

async function loadClang(onLoad: LoadProgress = () => {}): Promise<Clang> {
  const { commands } = await import('@yowasp/clang');
  // Without arguments it only loads what it needs; left to itself it prints that to the console.
  await commands.clang(
    undefined,
    {},
    {
      fetchProgress: ({ doneLength, totalLength }) => onLoad(doneLength, totalLength),
    },
  );
  return async (command, args, files, stderr) =>
    (await commands[command](args, files, { stdout: stderr, stderr })) ?? {};
}
