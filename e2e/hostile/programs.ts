import { compileC } from '../../scripts/compile-c.ts';
import type { ProgramKind } from '../../shared/job/spec.ts';

/** Programs that break what they can, by what they do. Each is one C file. */
const C = {
  loops: 'int main() { volatile int x = 0; for (;;) x++; }',
  // What the compiler can see to be unused, it leaves out: hence the volatile pointers.
  allocates: `#include <stdlib.h>
    #include <string.h>
    int main() { for (;;) { char *volatile p = malloc(1 << 20); if (!p) abort(); memset(p, 1, 1 << 20); } }`,
  prints: '#include <stdio.h>\nint main() { for (;;) puts("for ever"); }',
  'prints to stderr': '#include <stdio.h>\nint main() { for (;;) fputs("for ever", stderr); }',
  'fills files': `#include <stdio.h>
    int main() { static char block[65536]; FILE *f = fopen("/big", "w");
      for (;;) if (fwrite(block, 1, sizeof block, f) < sizeof block) { perror("write"); return 3; } }`,
  traps: 'int main() { __builtin_trap(); }',
  recurses: `__attribute__((noinline)) int f(int n) { volatile int here[64]; here[n & 63] = n; return f(n + 1) + here[n & 63]; }
    int main() { return f(1); }`,
  exits: 'int main() { return 7; }',
};

/** The same in JavaScript. */
const JAVASCRIPT = {
  loops: '() => { for (;;); }',
  'loops in microtasks': 'async () => { for (;;) await null; }',
  'loops in timers': '() => new Promise(() => { const f = () => setTimeout(f); f(); })',
  logs: '(i, { log }) => { for (;;) log("for ever"); }',
  'logs and catches':
    '(i, { log }) => { for (;;) try { log("for ever".repeat(9999)); } catch { return 1; } }',
  recurses: '() => { const f = () => f() + 1; return f(); }',
  allocates: '() => { const a = []; for (;;) a.push(new Array(100_000).fill(a.length)); }',
  throws: '() => { throw new TypeError("no") }',
  'throws something odd': '() => { throw { toString() { throw 1 } } }',
  'returns nothing': '() => {}',
  'returns too much': '() => "x".repeat(1e6)',
  'returns a cycle': '() => { const a = []; a.push(a); return a; }',
  'never settles': '() => new Promise(() => {})',
};

/** A hostile program by its kind and what it does, ready to be loaded. */
export async function hostileProgram(kind: ProgramKind, name: string): Promise<Uint8Array> {
  const source = (kind === 'wasi' ? C : JAVASCRIPT)[name as never] as string | undefined;
  if (source === undefined) throw new Error(`No ${kind} program ${name}`);
  return kind === 'wasi' ? compileC(source) : new TextEncoder().encode(source);
}
