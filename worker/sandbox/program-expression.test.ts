import { describe, expect, test } from 'vitest';
import { utf8 } from '../../shared/bytes.ts';
import { programExpression } from './program-expression.ts';

const expressionOf = (source: string) => programExpression(utf8(source));

/** The program's function, with the power that it calls. */
async function functionOf(source: string): Promise<(input: unknown) => unknown> {
  const power = (a: number, b: number) => `${a}^${b}`;
  return new Function('manyhandsPower', `return ${await expressionOf(source)};`)(power);
}

describe('programs that become part of a worker', () => {
  test('SBX-6 a function and a module are one expression each', async () => {
    expect((await functionOf('(x) => x + 1'))(1)).toBe(2);
    expect((await functionOf('const one = 1;\nexport default (x) => x + one;'))(1)).toBe(2);
  });

  test.each([
    ['1)); attack(); ((1'],
    ['`)); attack(); ((`)); ((1'],
    ['(() => 1)\n));(('],
    ['() => {} /* '],
    ['() => 1 <!-- )'],
    ['function f() { return 1 +; }'],
    ['export default () => { let class; }'],
  ])('SBX-6 refuses %j', async (source) => {
    await expect(expressionOf(source)).rejects.toMatchObject({ code: 'PROGRAM_INVALID' });
  });

  test('SBX-6 says where a syntax error is in the source as it was written', async () => {
    await expect(
      expressionOf('export default function () {\n  return 1 +;\n}'),
    ).rejects.toMatchObject({
      message: expect.stringContaining('line 2, column 13'),
      facts: { reason: 'JAVASCRIPT_SYNTAX', line: 2, column: 13 },
    });
    await expect(expressionOf('() => 1 +;')).rejects.toMatchObject({ facts: { line: 1 } });
  });

  test('SBX-6 refuses what is not UTF-8', async () => {
    await expect(programExpression(Uint8Array.of(0x28, 0xff))).rejects.toMatchObject({
      facts: { reason: 'JAVASCRIPT_NOT_UTF8' },
    });
  });
});

describe('the power operator', () => {
  test.each([
    ['(x) => x ** 2', '3^2'],
    ['(x) => x ** 2 ** 4', '3^2^4'],
    ['(x) => (x) ** (0, 2)', '3^2'],
    ['(x) => x /* ** */ ** /* ** */ 2', '3^2'],
    ['(x) => { x **= 2; return x; }', '3^2'],
    ['(x) => { const o = { a: x }; o.a **= 2; return o.a; }', '3^2'],
    ['(x) => { const o = [x]; o[0] **= 1 ? 2 : 3; return o[0]; }', '3^2'],
    ['(x) => `$' + '{x ** 2}`', '3^2'],
    ['(x) => "a ** b"', 'a ** b'],
    ['(x) => [x].map((y) => y ** 2)[0]', '3^2'],
  ])('EXE-11 %s', async (source, expected) => {
    expect((await functionOf(source))(3)).toBe(expected);
  });

  test('EXE-11 is refused where its target would be computed twice', async () => {
    await expect(expressionOf('(x) => { x[f()] **= 2 }')).rejects.toMatchObject({
      facts: { reason: 'JAVASCRIPT_POWER' },
    });
  });
});
