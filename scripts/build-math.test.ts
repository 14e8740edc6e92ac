import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MATH_MODULE_PATH, mathModuleSource } from './build-math.ts';

test('EXE-11 the mathematics of JavaScript programs are what this compiler makes of the C library', async () => {
  expect(readFileSync(MATH_MODULE_PATH, 'utf8')).toBe(await mathModuleSource());
});
