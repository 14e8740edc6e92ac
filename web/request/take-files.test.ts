import { expect, test } from 'vitest';
import { MAX_PROGRAM_BYTES } from '../../shared/job/limits.ts';
import { EMPTY_DRAFT } from './draft-start.ts';
import { filesProblem, sourceOf, takeFiles, withText } from './take-files.ts';

/** A file of this size whose bytes nobody reads. */
function fileOf(name: string, size: number): File {
  return Object.defineProperty(new File([], name), 'size', { value: size });
}

test('WEB-18 a program that is too large is refused by its name, before it is read', () => {
  const source = fileOf('main.c', 100);
  expect(filesProblem([source, fileOf('data.wasm', MAX_PROGRAM_BYTES)])).toBeNull();
  expect(filesProblem([source, fileOf('data.wasm', 2 ** 31)])).toContain('data.wasm has 2.15 GB');
});

const file = (name: string, text = name) => new File([text], name);

test('WEB-17 a program is taken by its file name', () => {
  const names = ['a.c', 'b.cpp', 'c.CC', 'd.wasm', 'e.js', 'f.mjs'];
  expect(names.map(sourceOf)).toEqual(['c', 'c++', 'c++', 'wasm', 'javascript', 'javascript']);
});

test('WEB-17 of several files the first source is the program, the others come with it', async () => {
  const change = await takeFiles(EMPTY_DRAFT, [file('v.h'), file('p.cpp'), file('q.cpp')]);
  expect(change).toMatchObject({
    source: 'c++',
    code: { 'c++': 'p.cpp' },
    fileNames: { 'c++': 'p.cpp' },
    moreFiles: [
      { name: 'v.h', text: 'v.h' },
      { name: 'q.cpp', text: 'q.cpp' },
    ],
  });
});

test('WEB-17 headers alone are added to the program that is there', async () => {
  const draft = { ...EMPTY_DRAFT, moreFiles: [{ name: 'v.h', text: 'old' }] };
  expect(await takeFiles(draft, [file('v.h', 'new'), file('w.h')])).toEqual({
    moreFiles: [
      { name: 'v.h', text: 'new' },
      { name: 'w.h', text: 'w.h' },
    ],
  });
});

test('WEB-17 a text that is edited stays in its file', () => {
  const draft = { ...EMPTY_DRAFT, moreFiles: [{ name: 'v.h', text: 'old' }] };
  expect(withText(draft, 'c', 'main.c', 'x')).toMatchObject({ code: { c: 'x' } });
  expect(withText(draft, 'c', 'v.h', 'x')).toEqual({ moreFiles: [{ name: 'v.h', text: 'x' }] });
});
