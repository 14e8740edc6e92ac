import { readFileSync } from 'node:fs';
import { compileToWasm } from '../../sdk/compile/clang.ts';

/** The program that every node runs: it prints the checksum of the whole of `/data`. */
export async function checksumProgram(): Promise<Uint8Array<ArrayBuffer>> {
  const source = readFileSync(new URL('checksum.c', import.meta.url), 'utf8');
  return (await compileToWasm({ files: { 'checksum.c': source } })).wasm;
}

/** What it prints for these bytes; their number is a multiple of four. */
export function checksum(bytes: Uint8Array): string {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let hash = 2_166_136_261;
  for (const word of words) hash = Math.imul(hash ^ word, 16_777_619);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
