import type { Command } from 'commander';
import { Client } from '../client/client.ts';
import { describeError, Exit, exitCodeOf } from './exit.ts';
import { readSettings, type Settings } from './settings.ts';

/** Flags that every command takes. */
interface GlobalFlags {
  url?: string;
  token?: string;
  json?: boolean;
  quiet?: boolean;
}

/** What a command works with. */
export interface Context {
  settings: Settings;
  client: Client;
  json: boolean;
  quiet: boolean;
  /** Aborted by the first Ctrl-C; the second ends the process at once. */
  signal: AbortSignal;
  /** One line of standard output: for a person, or the object for a script. */
  print(text: string, object: unknown): void;
}

/**
 * Runs a command's action: makes its context, prints errors with their codes and sets the exit code.
 * An action returns its exit code, or nothing for success.
 */
export function action<Arguments extends unknown[]>(
  command: Command,
  run: (context: Context, ...args: Arguments) => Promise<number | undefined>,
): void {
  command.action(async (...args: unknown[]) => {
    const flags = command.optsWithGlobals<GlobalFlags>();
    try {
      const code = await run(makeContext(flags), ...(args as Arguments));
      process.exitCode = code ?? Exit.ok;
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') {
        process.exitCode = Exit.interrupted;
        return;
      }
      process.stderr.write(`${describeError(error, flags.json === true)}\n`);
      process.exitCode = exitCodeOf(error);
    }
  });
}

function makeContext(flags: GlobalFlags): Context {
  const settings = readSettings(flags);
  const interrupt = new AbortController();
  process.once('SIGINT', () => {
    interrupt.abort();
    process.once('SIGINT', () => process.exit(Exit.interrupted));
  });
  const json = flags.json === true;
  return {
    settings,
    client: new Client(settings),
    json,
    quiet: flags.quiet === true,
    signal: interrupt.signal,
    print: (text, object) => process.stdout.write(`${json ? JSON.stringify(object) : text}\n`),
  };
}
