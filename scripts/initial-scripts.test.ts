import { expect, test } from 'vitest';
import { initialScripts } from './initial-scripts.ts';

const manifest = {
  'index.html': {
    file: 'assets/index.js',
    isEntry: true,
    imports: ['_react.js', '_shared.js'],
    dynamicImports: ['web/request.tsx'],
    css: ['assets/index.css'],
  },
  '_react.js': { file: 'assets/react.js' },
  '_shared.js': { file: 'assets/shared.js', imports: ['_react.js', 'index.html'] },
  'web/request.tsx': {
    file: 'assets/request.js',
    isDynamicEntry: true,
    imports: ['index.html', '_editor.js'],
  },
  '_editor.js': { file: 'assets/editor.js' },
};

test('follows static imports, once each, through a cycle', () => {
  expect(initialScripts(manifest, ['index.html'])).toEqual([
    'assets/index.js',
    'assets/react.js',
    'assets/shared.js',
  ]);
});

test('adds a lazily loaded module where it is named', () => {
  expect(initialScripts(manifest, ['index.html', 'web/request.tsx'])).toEqual([
    'assets/index.js',
    'assets/request.js',
    'assets/react.js',
    'assets/shared.js',
    'assets/editor.js',
  ]);
});

test('refuses a module that the build does not have', () => {
  expect(() => initialScripts(manifest, ['web/gone.tsx'])).toThrow('no module web/gone.tsx');
});
