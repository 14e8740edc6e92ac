#!/usr/bin/env node
// Plain JavaScript, because whoever calls it may have a Node that cannot run TypeScript: the
// command itself runs in that Node only if it can, and otherwise in the one of package.json.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The first major version that runs TypeScript and has node:sqlite, both without a flag. */
const OLDEST_NODE = 24;

const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const child = spawn(nodeForTypeScript(), [main, ...process.argv.slice(2)], { stdio: 'inherit' });

// A terminal sends its Ctrl-C to both processes, a supervisor its signal to this one only: in
// either case the child decides when to end.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));

child.on('error', (error) => {
  console.error(`manyhands: cannot start Node: ${error.message}`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal];
});

function nodeForTypeScript() {
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) return process.execPath;
  const manifest = createRequire(import.meta.url).resolve('node/package.json');
  return join(dirname(manifest), 'bin', 'node');
}
