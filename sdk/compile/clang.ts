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

async function loadClang(onLoad: LoadProgress | undefined): Promise<Clang> {
  const { commands } = await import('@yowasp/clang');
  return async (command, args, files, stderr) => {
    const result = await commands[command](args, files, {
      stdout: stderr,
      stderr,
      // Left out, the compiler writes its progress to the console.
      fetchProgress: ({ doneLength, totalLength }) => onLoad?.(doneLength, totalLength),
    });
    return result ?? {};
  };
}
