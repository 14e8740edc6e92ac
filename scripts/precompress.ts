import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

/** Formats that are not compressed already. */
const COMPRESSIBLE = new Set([
  '.css',
  '.html',
  '.js',
  '.json',
  '.map',
  '.mjs',
  '.svg',
  '.tar',
  '.txt',
  '.wasm',
  '.webmanifest',
]);

/** Bytes; below this a response fits into one packet either way. */
const WORTH_COMPRESSING = 1024;

/** Bytes; above this brotli's best quality takes minutes, and the default gzip level seconds. */
const LARGE = 1024 * 1024;

interface Encoding {
  /** Names the cached file, and so says everything that the bytes depend on but the input. */
  key: string;
  extension: '.gz' | '.br';
  compress: (bytes: Buffer) => Promise<Buffer>;
}

const gzipBytes = promisify(gzip);
const brotliBytes = promisify(brotliCompress);

const FAST_GZIP: Encoding = {
  key: 'gzip-6',
  extension: '.gz',
  compress: (bytes) => gzipBytes(bytes, { level: 6 }),
};
const BEST_GZIP: Encoding = {
  key: 'gzip-9',
  extension: '.gz',
  compress: (bytes) => gzipBytes(bytes, { level: 9 }),
};
// Brotli's default quality is its best one.
const BEST_BROTLI: Encoding = {
  key: 'brotli-11',
  extension: '.br',
  compress: (bytes) => brotliBytes(bytes),
};

/**
 * Vite plugin: writes `.gz` and `.br` beside the built files, for a server that sends them as they
 * are; files above 1 MiB get `.gz` only. Compressed bytes are cached by the SHA-256 of their input,
 * so that a rebuild compresses only what changed.
 *
 * @param options.cache folder of the cached bytes, relative to the project; what a build does not
 *   use is removed from it
 */
export function precompress({ cache }: { cache: string }): Plugin {
  let cacheFolder = cache;
  return {
    name: 'manyhands:precompress',
    apply: 'build',
    configResolved(config) {
      cacheFolder = resolve(config.root, cache);
    },
    writeBundle: {
      // After every other plugin has written its files.
      order: 'post',
      sequential: true,
      async handler({ dir }, bundle) {
        if (!dir) return;
        await mkdir(cacheFolder, { recursive: true });
        const used = new Set<string>();
        for (const name of Object.keys(bundle)) {
          for (const entry of await compressFile(join(dir, name), cacheFolder)) used.add(entry);
        }
        await removeUnused(cacheFolder, used);
      },
    },
  };
}

/** @returns the names of the cache entries that stand for the file */
async function compressFile(path: string, cacheFolder: string): Promise<string[]> {
  if (!COMPRESSIBLE.has(extname(path))) return [];
  const bytes = await readFile(path);
  if (bytes.length < WORTH_COMPRESSING) return [];

  const hash = createHash('sha256').update(bytes).digest('hex');
  const encodings = bytes.length > LARGE ? [FAST_GZIP] : [BEST_GZIP, BEST_BROTLI];
  return Promise.all(
    encodings.map(async ({ key, extension, compress }) => {
      const entry = `${hash}.${key}`;
      const cached = join(cacheFolder, entry);
      try {
        await copyFile(cached, path + extension);
      } catch {
        const compressed = await compress(bytes);
        await writeFile(path + extension, compressed);
        await writeFile(cached, compressed);
      }
      return entry;
    }),
  );
}

async function removeUnused(folder: string, used: ReadonlySet<string>): Promise<void> {
  const entries = await readdir(folder);
  const unused = entries.filter((entry) => !used.has(entry));
  await Promise.all(unused.map((entry) => rm(join(folder, entry))));
}
