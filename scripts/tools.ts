import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { repositoryRoot } from './repository.ts';

/**
 * Runs a program in the repository's top folder, waits for it and passes its output through.
 * The project's own binaries come first on the PATH, so that `node` is the version of
 * package.json even where this script was not started by npm.
 *
 * @returns the exit code; 1 when the program was killed by a signal
 * @throws Error when the program cannot be started
 */
export function runTool(command: string, args: string[], options: SpawnSyncOptions = {}): number {
  const result = spawnSync(command, args, {
    cwd: repositoryRoot,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...options,
    env: { ...process.env, ...options.env, PATH: pathWithProjectBinaries() },
  });
  if (result.error) throw new Error(`Cannot run ${command}`, { cause: result.error });
  return result.status ?? 1;
}

function pathWithProjectBinaries(): string {
  const binaries = join(repositoryRoot, 'node_modules', '.bin');
  return [binaries, process.env.PATH].filter(Boolean).join(delimiter);
}
