import { runInNewContext, Script } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManyhandsError } from '../errors.ts';
import { wrapSource } from './javascript.ts';

const call = (source: string, input: unknown) =>
  runInNewContext(wrapSource(source).expression)(input);

describe('wrapSource', () => {
  it.each([
    '(x) => x + 1',
    '(x) => x + 1; // a comment',
    'function (x) { return x + 1; }',
    'function next(x) { return x + 1 }\n',
    '// first\nasync (x) => x + 1',
    'export default (x) => x + one;\nconst one = 1;',
    'export default function (x) { return x + 1; }',
    'const one = 1;\nexport default function next(x) { return x + one; }\nconst two = 2;',
    'export default async function next(x) { return x + 1; }',
    'function next(x) { return x + 1; }\nexport default next;',
    'const text = "export default 5"; /* export default 6 */\nexport\ndefault x => x + `}`.length',
    'const r = /[/"]export default/; export default (x) => x + 1',
  ])('JOB-20 makes one expression of %j', async (source) => {
    expect(await call(source, 41)).toBe(42);
  });

  it('JOB-20 lets a function call itself and its helpers by name', () => {
    const source = `
      export default function fib(n) { return n < 2 ? n : fib(n - 1) + again(n - 2); }
      function again(n) { return fib(n); }`;
    expect(call(source, 10)).toBe(55);
  });

  it('JOB-21 keeps the lines and columns of errors', () => {
    for (const start of ['', 'export default ', 'const a = 1;\n\nexport default ']) {
      const source = `${start}(x) => {\n  return x.y.z;\n}`;
      const { expression } = wrapSource(source);
      const line = source.split('\n').findIndex((text) => text.includes('x.y.z')) + 1;
      let stack = '';
      try {
        new Script(expression, { filename: 'program.js' }).runInNewContext()({});
      } catch (error) {
        stack = String((error as Error).stack);
      }
      expect(stack).toContain(`program.js:${line}:`);
    }
    const { expression, prefixColumns } = wrapSource('(x) => x');
    expect(expression.slice(prefixColumns)).toMatch(/^\(x\) => x\n/);
  });

  it.each([
    ['', 'JAVASCRIPT_EMPTY'],
    [' \n', 'JAVASCRIPT_EMPTY'],
    ['import x from "y";\nexport default x', 'JAVASCRIPT_IMPORT'],
    ['export default () => import("x")', 'JAVASCRIPT_IMPORT'],
    ['export const a = 1;\nexport default a', 'JAVASCRIPT_EXPORT'],
    ['const f = () => 1; export { f as default }', 'JAVASCRIPT_EXPORT'],
    ['export default "', 'JAVASCRIPT_SYNTAX'],
  ])('JOB-22 refuses %j', (source, code) => {
    expect(() => wrapSource(source)).toThrow(expect.objectContaining({ code }));
  });

  it('JOB-22 either wraps or fails with a code, whatever the text', () => {
    const words = ['export ', 'default ', 'import ', '{', '}', '(', ')', '"', '`', '/', '*', '\n'];
    const unit = fc.constantFrom(...words, 'function ', 'f', '=>', ';', '$', 'as ', '\\');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), (source) => {
        try {
          wrapSource(source);
        } catch (error) {
          expect(error).toBeInstanceOf(ManyhandsError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
