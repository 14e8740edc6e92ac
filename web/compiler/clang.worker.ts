import { expose } from 'comlink';
import { ManyhandsError } from '../../shared/errors.ts';
import {
  type Clang,
  CompileError,
  type CompileRequest,
  compileWith,
} from '../../shared/job/compile.ts';
import type { Diagnostic } from '../../shared/job/diagnostics.ts';

/** How a compilation ended; errors as data, because a thrown one would lose its places on the way. */
export type CompileOutcome =
  | { ok: true; wasm: Uint8Array<ArrayBuffer>; diagnostics: Diagnostic[]; tookMs: number }
  | { ok: false; message: string; diagnostics: readonly Diagnostic[] };

/** What the page calls in this worker. */
export interface Compiler {
  /** `onLoad` is told the bytes of the compiler that have been read, while it is loaded. */
  compile(
    request: CompileRequest,
    onLoad: (done: number, total: number) => void,
  ): Promise<CompileOutcome>;
}

const compiler: Compiler = {
  async compile(request, onLoad) {
    try {
      const clang = await loadClang(onLoad);
      const began = performance.now();
      const { wasm, diagnostics } = await compileWith(clang, request);
      return { ok: true, wasm, diagnostics, tookMs: performance.now() - began };
    } catch (thrown) {
      if (thrown instanceof CompileError)
        return { ok: false, message: thrown.message, diagnostics: thrown.diagnostics };
      if (thrown instanceof ManyhandsError)
        return { ok: false, message: thrown.message, diagnostics: [] };
      throw thrown;
    }
  },
};

async function loadClang(onLoad: (done: number, total: number) => void): Promise<Clang> {
  const { commands } = await import('@yowasp/clang');
  let told = 0;
  const fetchProgress = (status: { doneLength: number; totalLength: number }) => {
    // Ten thousand pieces arrive; a person can read a few a second.
    if (performance.now() - told < 100) return;
    told = performance.now();
    onLoad(status.doneLength, status.totalLength);
  };
  // Without arguments it only loads what it needs.
  await commands.clang(undefined, {}, { fetchProgress });
  return async (command, args, files, stderr) =>
    (await commands[command](args, files, { stdout: stderr, stderr })) ?? {};
}

expose(compiler);
