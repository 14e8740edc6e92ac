import { fromBase64 } from '../../shared/bytes.ts';
import { MATH_MODULE } from './math-module.ts';
import { replace } from './replace.ts';

type MathFunction = (...values: number[]) => number;

/** What `**` in a program is replaced by: see `worker/sandbox/program-expression.ts`. */
export const POWER = 'manyhandsPower';

/**
 * Puts the C library's mathematics in place of what the language leaves to the engine. Between
 * Chromium and Firefox, sin differs in 3 of 100 values and atan2 in 18, so that replicas of a
 * simulation would never agree. WebAssembly gives the same bits everywhere, those of a C program.
 */
export function makeMathDeterministic(): void {
  const module = new WebAssembly.Module(fromBase64(MATH_MODULE));
  const { memory: _, ...functions } = new WebAssembly.Instance(module).exports;
  const { pow, hypot } = functions as Record<string, MathFunction>;
  replace(Math, functions);
  replace(Math, {
    // C says that 1 to the power of anything is 1; the language does not.
    pow: (base: number, exponent: number): number => {
      const [x, y] = [Number(base), Number(exponent)];
      if (Number.isNaN(y) || (Math.abs(x) === 1 && !Number.isFinite(y))) return Number.NaN;
      return pow(x, y);
    },
    hypot: (...values: number[]): number =>
      values.map(Number).reduce((length, value) => hypot(length, value), 0),
  });
  const power = Math.pow;
  replace(globalThis, {
    [POWER]: (base: number | bigint, exponent: number | bigint) =>
      typeof base === 'bigint' && typeof exponent === 'bigint'
        ? base ** exponent
        : power(base as number, exponent as number),
  });
}
