import { globSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository.ts';
import { runTool } from './tools.ts';

/** Everything the pages are built from; keep in step with what vite.config.ts and web/ import. */
const SOURCES = [
  '*.html',
  'vite.config.ts',
  'package-lock.json',
  'scripts/bundle.ts',
  'scripts/precompress.ts',
  'scripts/sandbox-page.ts',
  'apps',
  'web',
  'worker',
  'shared',
];

/**
 * Written last, with the time at which the build began. Vite empties its output folder first, so
 * that an interrupted build leaves none.
 */
const STAMP = join(repositoryRoot, 'dist/web/.vite/complete');

/**
 * Builds the pages into dist/web. Vite's progress goes to standard error, because standard output
 * belongs to the coordinator that may be started next.
 *
 * @throws Error when the build fails
 */
export function buildWeb(): void {
  const began = new Date();
  const code = runTool('vite', ['build'], { stdio: ['ignore', process.stderr.fd, 'inherit'] });
  if (code !== 0) throw new Error(`The pages could not be built: vite build ended with ${code}`);
  writeFileSync(STAMP, '');
  utimesSync(STAMP, began, began);
}

/**
 * Builds the pages unless they are already there and newer than their sources.
 *
 * @throws Error when the build fails
 */
export function buildWebIfStale(): void {
  const built = statSync(STAMP, { throwIfNoEntry: false })?.mtimeMs;
  if (built !== undefined && built >= newestChange(SOURCES)) return;
  process.stderr.write('Building the pages, as their sources are new or have changed\n');
  buildWeb();
}

/** Milliseconds since 1970 of the latest change; folders count, so that a deletion shows. */
function newestChange(patterns: string[]): number {
  const roots = globSync(patterns, { cwd: repositoryRoot });
  return Math.max(...roots.flatMap((root) => changeTimes(join(repositoryRoot, root))));
}

function changeTimes(path: string): number[] {
  const stats = statSync(path);
  if (!stats.isDirectory()) return [stats.mtimeMs];
  const inside = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return [stats.mtimeMs, ...inside.map((name) => statSync(join(path, name)).mtimeMs)];
}

if (import.meta.main) {
  if (process.argv.includes('--if-stale')) buildWebIfStale();
  else buildWeb();
}
