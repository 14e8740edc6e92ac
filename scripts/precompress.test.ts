import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { precompress } from './precompress.ts';

const SMALL_FILE = 'a'.repeat(100);
const MIDDLE_FILE = 'word '.repeat(1000);
const LARGE_FILE = 'word '.repeat(300_000);

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'manyhands-precompress-'));
  await writeFile(
    join(root, 'page.js'),
    `export const files = [
      new URL('./small.txt', import.meta.url), new URL('./middle.txt', import.meta.url),
      new URL('./large.txt', import.meta.url), new URL('./photo.png', import.meta.url)];`,
  );
  await writeFile(join(root, 'small.txt'), SMALL_FILE);
  await writeFile(join(root, 'middle.txt'), MIDDLE_FILE);
  await writeFile(join(root, 'large.txt'), LARGE_FILE);
  await writeFile(join(root, 'photo.png'), `photo ${MIDDLE_FILE}`);
});

afterEach(() => rm(root, { recursive: true }));

/** Builds the project and returns the names of its assets. */
async function buildProject(): Promise<string[]> {
  await build({
    root,
    configFile: false,
    logLevel: 'silent',
    plugins: [precompress({ cache: 'cache' })],
    build: {
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: join(root, 'page.js'),
        preserveEntrySignatures: 'strict',
        output: { assetFileNames: '[name][extname]', entryFileNames: 'page.js' },
      },
    },
  });
  return readdir(join(root, 'dist'));
}

test('writes what decompresses to the file, by its kind and size', async () => {
  const files = await buildProject();
  const compressed = files.filter((name) => /\.(gz|br)$/.test(name));
  expect(compressed.toSorted()).toEqual(['large.txt.gz', 'middle.txt.br', 'middle.txt.gz']);

  const read = (name: string) => readFile(join(root, 'dist', name));
  expect(gunzipSync(await read('large.txt.gz')).toString()).toBe(LARGE_FILE);
  expect(gunzipSync(await read('middle.txt.gz')).toString()).toBe(MIDDLE_FILE);
  expect(brotliDecompressSync(await read('middle.txt.br')).toString()).toBe(MIDDLE_FILE);
});

test('takes unchanged files from the cache, and drops from it what is no longer built', async () => {
  await buildProject();
  const cache = join(root, 'cache');
  const [first, ...others] = await readdir(cache);
  expect(others).toHaveLength(2);
  await writeFile(join(cache, first), 'from the cache');
  await buildProject();
  const dist = await readdir(join(root, 'dist'));
  const bodies = await Promise.all(dist.map((name) => readFile(join(root, 'dist', name), 'utf8')));
  expect(bodies.filter((body) => body === 'from the cache')).toHaveLength(1);

  await writeFile(join(root, 'large.txt'), SMALL_FILE);
  await buildProject();
  expect(await readdir(cache)).toHaveLength(2);
});
