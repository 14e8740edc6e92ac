import { compileToWasm } from '../sdk/compile/clang.ts';

/**
 * Compiles one C file, for tests. The first call takes some seconds to load the compiler.
 * @param flags after the defaults, and so stronger
 */
export async function compileC(
  source: string,
  flags: readonly string[] = [],
): Promise<Uint8Array<ArrayBuffer>> {
  return (await compileToWasm({ files: { 'program.c': source }, flags })).wasm;
}
