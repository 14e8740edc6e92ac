import { describe, expect, it } from 'vitest';
import { CompileError } from '../../shared/job/compile.ts';
import { checkModule } from '../../shared/job/module.ts';
import { compileToWasm } from './clang.ts';

/** The diagnostics of files that must not compile. */
async function failureOf(files: Record<string, string>, flags: string[] = []) {
  const error = await compileToWasm({ files, flags }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(CompileError);
  expect(error.code).toBe('COMPILE_FAILED');
  return error as CompileError;
}

describe('compileToWasm', () => {
  it('JOB-30 makes a module that may be posted of C, and of C++ with headers in folders', async () => {
    const c = await compileToWasm({
      files: { 'a.c': '#include <math.h>\nint main(int n, char **v) { return sin(n) > 2; }' },
    });
    expect(checkModule(c.wasm, 16).initialMemory).toBeLessThan(4 * 1024 * 1024);
    const cpp = await compileToWasm({
      files: {
        'main.cpp': '#include "inc/h.h"\n#include <iostream>\nint main() { std::cout << H; }',
        'inc/h.h': '#define H 42',
      },
    });
    expect(checkModule(cpp.wasm, 16).imports).toContain('fd_write');
  });

  it('JOB-31 tells the place of each error and warning', async () => {
    const error = await failureOf({ 'a.c': 'int main(void) {\n  return x;\n}\n' });
    expect(error.diagnostics).toEqual([
      {
        severity: 'error',
        message: "use of undeclared identifier 'x'",
        file: 'a.c',
        line: 2,
        column: 10,
      },
    ]);
    expect(error.facts).toEqual({ file: 'a.c', line: 2, column: 10 });
    const { diagnostics } = await compileToWasm({ files: { 'a.c': 'int main(void) { int x; }' } });
    expect(diagnostics[0]).toMatchObject({ severity: 'warning', line: 1, column: 22 });
  });

  it('JOB-31 passes on what the linker and the driver say', async () => {
    const undefinedSymbol = await failureOf({
      'a.c': 'int f(void); int main(void) { return f(); }',
    });
    expect(undefinedSymbol.diagnostics[0].message).toBe('a: undefined symbol: f');
    const badFlag = await failureOf({ 'a.c': 'int main(void) {}' }, ['-fbad']);
    expect(badFlag.message).toContain('-fbad');
  });

  it('JOB-32 refuses files that are no source, and names that would be flags', async () => {
    await expect(compileToWasm({ files: { 'a.txt': '' } })).rejects.toMatchObject({
      code: 'COMPILE_NOTHING',
    });
    for (const name of ['-o.c', '../a.c', 'a//b.c', '/a.c', 'a/../b.c']) {
      await expect(compileToWasm({ files: { [name]: '' } })).rejects.toMatchObject({
        code: 'COMPILE_FILE_NAME',
      });
    }
    const both = { 'a.c': '', 'a.c/b.c': '' };
    await expect(compileToWasm({ files: both })).rejects.toMatchObject({
      code: 'COMPILE_FILE_NAME',
    });
    const odd = { 'constructor/a.c': 'int main(void) {}', 'toString.c': '' };
    expect((await compileToWasm({ files: odd })).wasm).toBeInstanceOf(Uint8Array);
  });
});
