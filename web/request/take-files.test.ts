import { expect, test } from 'vitest';
import { MAX_PROGRAM_BYTES } from '../../shared/job/limits.ts';
import { filesProblem } from './take-files.ts';

/** A file of this size whose bytes nobody reads. */
function fileOf(name: string, size: number): File {
  return Object.defineProperty(new File([], name), 'size', { value: size });
}

test('WEB-4 a program that is too large is refused by its name, before it is read', () => {
  const source = fileOf('main.c', 100);
  expect(filesProblem([source, fileOf('data.wasm', MAX_PROGRAM_BYTES)])).toBeNull();
  expect(filesProblem([source, fileOf('data.wasm', 2 ** 31)])).toContain('data.wasm has 2.15 GB');
});
