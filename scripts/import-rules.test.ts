import { describe, expect, test } from 'vitest';
import { importProblems } from './import-rules.ts';

/** The messages for a file that holds just these lines. */
function messages(path: string, ...lines: string[]): string[] {
  return importProblems(path, lines.join('\n')).map(({ message }) => message);
}

describe('directions between the top-level folders', () => {
  test.each([
    ['worker/engine/engine.ts', '../../shared/job/spec.ts'],
    ['coordinator/api/jobs.ts', '../../shared/job/spec.ts'],
    ['coordinator/main.ts', './store/sqlite.ts'],
    ['web/main.tsx', '../worker/engine/engine.ts'],
    ['web/main.tsx', '../shared/errors.ts'],
    ['sdk/client.ts', '../shared/errors.ts'],
    ['sdk/cli/contribute.ts', '../../worker/headless/node.ts'],
    ['bench/dispatch.ts', '../coordinator/scheduler/scheduler.ts'],
    ['scripts/simulation/run.ts', '../../worker/engine/engine.ts'],
    ['apps/pi/build.ts', '../../coordinator/main.ts'],
    ['e2e/job.spec.ts', '../sdk/client.ts'],
  ])('%s may import %s', (path, specifier) => {
    expect(messages(path, `import { a } from '${specifier}';`)).toEqual([]);
  });

  test.each([
    ['shared/job/spec.ts', '../../worker/engine/engine.ts', 'shared/'],
    ['worker/engine/engine.ts', '../../coordinator/main.ts', 'worker/, shared/'],
    ['worker/engine/engine.ts', '../../web/main.tsx', 'worker/, shared/'],
    ['coordinator/main.ts', '../worker/engine/engine.ts', 'coordinator/, shared/'],
    ['coordinator/main.ts', '../scripts/tools.ts', 'coordinator/, shared/'],
    ['web/main.tsx', '../coordinator/main.ts', 'web/, worker/, shared/'],
    ['web/main.tsx', '../sdk/client.ts', 'web/, worker/, shared/'],
    ['sdk/client.ts', '../worker/headless/node.ts', 'sdk/, shared/'],
    ['sdk/cli/contribute.ts', '../../worker/engine/engine.ts', 'sdk/, shared/, worker/headless/'],
    ['shared/version.ts', '../package.json', 'shared/'],
  ])('%s may not import %s', (path, specifier, allowed) => {
    const [message, ...others] = messages(path, `import { a } from '${specifier}';`);
    expect(message).toMatch(new RegExp(`^imports ${RegExp.escape(specifier)}: `));
    expect(message.endsWith(`may import only from ${allowed}`)).toBe(true);
    expect(others).toEqual([]);
  });

  test('a folder whose name begins like another is not that other one', () => {
    expect(messages('sdk/client.ts', "import '../shared-secrets/a.ts';")).toEqual([
      'imports ../shared-secrets/a.ts: sdk/ may import only from sdk/, shared/',
    ]);
  });

  test('a file outside the rooms is an error', () => {
    expect(() => importProblems('helpers/a.ts', '')).toThrow('helpers/a.ts lies in no room');
  });
});

describe('the pure rooms', () => {
  test.each(['scheduler', 'verification'])(
    'coordinator/%s imports no edge of the coordinator and no Node module',
    (room) => {
      const path = `coordinator/${room}/machine.ts`;
      for (const edge of ['store', 'gateway', 'api', 'payout']) {
        expect(messages(path, `import { a } from '../${edge}/a.ts';`)).toEqual([
          `imports ../${edge}/a.ts: coordinator/${room}/ may not import coordinator/${edge}/`,
        ]);
      }
      expect(messages(path, "import { hash } from 'node:crypto';")).toHaveLength(1);
      expect(messages(path, "import { Lease } from '../scheduler/lease.ts';")).toEqual([]);
    },
  );

  test.each([
    'shared/bytes.ts',
    'worker/engine/engine.ts',
    'worker/governor/governor.ts',
    'web/main.tsx',
  ])('%s imports no Node module, with or without its prefix', (path) => {
    expect(messages(path, "import fs from 'node:fs';")).toEqual([
      expect.stringContaining('imports node:fs: '),
    ]);
    expect(messages(path, "import fs from 'fs/promises';")).toHaveLength(1);
  });

  test.each(['worker/headless/node.ts', 'coordinator/store/sqlite.ts', 'sdk/cli/main.ts'])(
    '%s may import Node modules',
    (path) => {
      expect(messages(path, "import fs from 'node:fs';")).toEqual([]);
    },
  );

  test('what runs in a page does not import the headless worker', () => {
    const source = "import { run } from '../headless/run.ts';";
    expect(messages('worker/engine/engine.ts', source)).toEqual([
      'imports ../headless/run.ts: worker/ may not import worker/headless/',
    ]);
    expect(messages('worker/headless/main.ts', "import { run } from './run.ts';")).toEqual([]);
  });
});

describe('packages', () => {
  test.each(['zod/mini', 'cbor-x', '@noble/hashes/sha2.js', 'es-module-lexer/js'])(
    'shared/ may import %s',
    (name) => {
      expect(messages('shared/a.ts', `import { a } from '${name}';`)).toEqual([]);
    },
  );

  test.each(['zod', 'react', 'cbor-x-extra', '@noble/curves'])('not %s', (name) => {
    expect(messages('shared/a.ts', `import { a } from '${name}';`)).toEqual([
      `imports ${name}: shared/ uses only zod/mini, cbor-x, @noble/hashes, es-module-lexer`,
    ]);
  });

  test('the other rooms choose their packages themselves', () => {
    expect(messages('web/main.tsx', "import { useState } from 'react';")).toEqual([]);
  });
});

describe('tests', () => {
  test('may use Node modules, any package, helpers in scripts/ and their own top level', () => {
    expect(
      messages(
        'shared/job/spec.test.ts',
        "import fs from 'node:fs';",
        "import { test } from 'vitest';",
        "import { a } from '../verdict/digest.ts';",
        "import { b } from '../../scripts/simulation/clock.ts';",
      ),
    ).toEqual([]);
    expect(
      messages('coordinator/scheduler/a.test.ts', "import { s } from '../store/sqlite.ts';"),
    ).toEqual([]);
  });

  test('may not reach into another top level', () => {
    expect(messages('worker/a.test.ts', "import { m } from '../coordinator/main.ts';")).toEqual([
      'imports ../coordinator/main.ts: worker/ may import only from worker/, shared/, scripts/',
    ]);
  });
});

describe('how a path is written', () => {
  test.each(['./lease', './lease.js', './lease.mjs', './lease.state', '..'])(
    '%s has no extension of TypeScript',
    (specifier) => {
      expect(messages('coordinator/a.ts', `import { a } from '${specifier}';`)).toHaveLength(1);
    },
  );

  test.each(['#shared/a.ts', '@/a.ts', '~/a.ts', '/web/a.ts', 'file:///web/a.ts'])(
    '%s is not relative',
    (specifier) => {
      expect(messages('web/a.ts', `import { a } from '${specifier}';`)).toEqual([
        `imports ${specifier}: write a relative path`,
      ]);
    },
  );

  test.each(['./page.css', './icon.svg', './example.c?raw', './engine.ts?worker'])(
    '%s is taken as it is by the bundler',
    (specifier) => {
      expect(messages('web/a.tsx', `import a from '${specifier}';`)).toEqual([]);
    },
  );

  test('a file named like a barrel is refused', () => {
    expect(messages('shared/job/index.ts', '')).toEqual([expect.stringContaining('barrel')]);
    expect(messages('web/index.tsx', '')).toEqual([expect.stringContaining('barrel')]);
    expect(messages('web/block-index.ts', '')).toEqual([]);
  });
});

describe('every way of naming a module', () => {
  test.each([
    "import type { A } from '../coordinator/a.ts';",
    "import '../coordinator/a.ts';",
    "export { a } from '../coordinator/a.ts';",
    "export type { A } from '../coordinator/a.ts';",
    "export * from '../coordinator/a.ts';",
    "const a = await import('../coordinator/a.ts');",
    "let a: import('../coordinator/a.ts').A;",
    "new Worker(new URL('../coordinator/a.ts', import.meta.url), { type: 'module' });",
  ])('%s', (source) => {
    expect(messages('worker/a.ts', source)).toEqual([
      'imports ../coordinator/a.ts: worker/ may import only from worker/, shared/',
    ]);
  });

  test('reports the line, and nothing for text that only looks like an import', () => {
    const source = [
      "// import { a } from '../coordinator/a.ts';",
      "const text = `import { a } from '../coordinator/a.ts'`;",
      "import { b } from '../coordinator/b.ts';",
    ].join('\n');
    expect(importProblems('worker/a.ts', source)).toEqual([
      { path: 'worker/a.ts', line: 3, message: expect.stringContaining('../coordinator/b.ts') },
    ]);
  });

  test('a URL may name a folder or a built file', () => {
    const source = "const pages = new URL('../../dist/web/', import.meta.url);";
    expect(messages('coordinator/api/pages.ts', source)).toEqual([]);
  });

  test('a URL may not name a room out of reach', () => {
    const source = "const page = new URL('../web/main.tsx', import.meta.url);";
    expect(messages('coordinator/main.ts', source)).toHaveLength(1);
  });

  test('a file that does not parse is an error that names it', () => {
    expect(() => importProblems('web/a.ts', 'import {')).toThrow(/^web\/a\.ts: /);
  });
});
