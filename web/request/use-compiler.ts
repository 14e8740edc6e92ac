import { useEffect, useRef, useState } from 'react';
import type { Diagnostic } from '../../shared/job/diagnostics.ts';
import { compile } from '../compiler/compiler.ts';
import type { ProgramDraft, SourceFile } from './draft.ts';

/** Where the compilation of a program's C or C++ stands. */
export type CompileState =
  | { stage: 'none' }
  /** `loaded`: bytes of the compiler that have been read; null once it is there. */
  | { stage: 'compiling'; loaded: { done: number; total: number } | null }
  | { stage: 'ready'; wasm: Uint8Array<ArrayBuffer>; tookMs: number; diagnostics: Diagnostic[] }
  | { stage: 'failed'; message: string; diagnostics: readonly Diagnostic[] };

export interface CompilerControls {
  state: CompileState;
  /** The module of what stands in the editor, compiled where it is not yet; null where that failed. */
  compile(): Promise<Uint8Array<ArrayBuffer> | null>;
  cancel(): void;
}

/** Compiles the program of a further stage by its place, or the job's own (null). */
export type CompileOf = (stage: number | null) => ReturnType<CompilerControls['compile']>;

/** Compiles a program when asked to; a change of the source makes the result stale. */
export function useCompiler(draft: ProgramDraft): CompilerControls {
  const [state, setState] = useState<CompileState>({ stage: 'none' });
  const abort = useRef<AbortController | null>(null);
  const { source, fileNames, moreFiles } = draft;
  const code = source === 'wasm' ? '' : draft.code[source];

  // What was compiled is not what stands in the editor any more.
  useEffect(() => {
    void [code, source, moreFiles];
    return () => {
      abort.current?.abort();
      setState({ stage: 'none' });
    };
  }, [code, source, moreFiles]);

  const run = async (): Promise<Uint8Array<ArrayBuffer> | null> => {
    if (source !== 'c' && source !== 'c++') return null;
    if (state.stage === 'ready') return state.wasm;
    abort.current?.abort();
    const controller = new AbortController();
    const { signal } = controller;
    abort.current = controller;
    const show = (next: CompileState) => {
      if (!signal.aborted) setState(next);
    };
    show({ stage: 'compiling', loaded: null });
    try {
      const outcome = await compile(
        { files: { ...textsByName(moreFiles), [fileNames[source]]: code } },
        (done, total) =>
          show({ stage: 'compiling', loaded: done < total ? { done, total } : null }),
        signal,
      );
      show(outcome.ok ? { stage: 'ready', ...outcome } : { stage: 'failed', ...outcome });
      return outcome.ok && !signal.aborted ? outcome.wasm : null;
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      show({ stage: 'failed', message, diagnostics: [] });
      return null;
    }
  };

  return {
    state,
    compile: run,
    cancel: () => {
      abort.current?.abort();
      setState({ stage: 'none' });
    },
  };
}

function textsByName(files: readonly SourceFile[]): Record<string, string> {
  return Object.fromEntries(files.map(({ name, text }) => [name, text]));
}
