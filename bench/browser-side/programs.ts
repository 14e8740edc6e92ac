import { readFileSync } from 'node:fs';
import { compileToWasm } from '../../sdk/compile/clang.ts';

/** C programs beside this file. `spin.c` takes rounds and a seed, `no-op.c` nothing. */
export type ProgramName = 'spin.c' | 'no-op.c';

/** Compiles a program of the benchmarks as a requester's would be, with the same flags. */
export async function compileProgram(name: ProgramName): Promise<Uint8Array<ArrayBuffer>> {
  const source = readFileSync(new URL(name, import.meta.url), 'utf8');
  return (await compileToWasm({ files: { [name]: source } })).wasm;
}

/** Source of the smallest JavaScript program. */
export const NO_OP_FUNCTION = '() => 0';

/** The same, but with an output of its own for each shard: none can be hashed for its neighbours. */
export const DISTINCT_FUNCTION = '(i) => i';
