import { ManyhandsError } from '../../shared/errors.ts';
import type { BenchOptions } from './bench.ts';

/** What the command line of `npm run bench` asks for. */
export interface BenchCommand {
  /** Null where only help is wanted. */
  name: string | null;
  json: boolean;
  options: BenchOptions;
}

/** @throws ManyhandsError `USAGE` for what is neither a name nor a flag. */
export function parseBenchCommand(argv: readonly string[]): BenchCommand {
  const command = { name: null as string | null, json: false };
  const flags: Record<string, string> = {};
  let quick = false;
  let help = false;
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i];
    if (word === '--help' || word === '-h') help = true;
    else if (word === '--json') command.json = true;
    else if (word === '--quick') quick = true;
    else if (word.startsWith('--')) {
      const [flag, given] = word.slice(2).split('=', 2);
      const next = argv[i + 1];
      const value = given ?? (next === undefined || next.startsWith('--') ? 'true' : argv[++i]);
      flags[flag] = value;
    } else if (command.name === null) command.name = word;
    else throw new ManyhandsError('USAGE', `"${word}" is too much: name one benchmark.`, { word });
  }
  return { name: help ? null : command.name, json: command.json, options: { quick, flags } };
}
