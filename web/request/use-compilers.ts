import { useCallback, useRef } from 'react';
import type { Draft } from './draft.ts';
import { type CompileOf, type CompilerControls, useCompiler } from './use-compiler.ts';

/** Makes a stage's compiler known for as long as the stage is there; called, it is forgotten. */
export type AddCompiler = (key: number, compile: CompilerControls['compile']) => () => void;

interface Compilers {
  /** Of the job's own program. */
  compiler: CompilerControls;
  compileOf: CompileOf;
  addCompiler: AddCompiler;
}

/** The compilers of all programs of a draft; each stage brings its own. */
export function useCompilers(draft: Draft): Compilers {
  const compiler = useCompiler(draft);
  const ofStages = useRef(new Map<number, CompilerControls['compile']>());
  const addCompiler = useCallback<AddCompiler>((key, compile) => {
    ofStages.current.set(key, compile);
    return () => ofStages.current.delete(key);
  }, []);
  const compileOf: CompileOf = async (stage) => {
    if (stage === null) return compiler.compile();
    const compile = ofStages.current.get(draft.stages[stage].key);
    return compile ? compile() : null;
  };
  return { compiler, compileOf, addCompiler };
}
