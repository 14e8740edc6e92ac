import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addContribute } from './commands/contribute.ts';
import { addJobs } from './commands/jobs.ts';
import { addLogin } from './commands/login.ts';
import { addControls, addResults } from './commands/results.ts';
import { addRun } from './commands/run.ts';
import { describeError, Exit, exitCodeOf } from './exit.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

const EXIT_CODES = `
Exit codes:
  0    done
  1    the job ended, but shards failed, or it was cancelled or expired
  2    the command line, a file or the job spec is wrong
  3    the coordinator cannot be reached or refused
  4    the program does not compile
  130  interrupted; a posted job goes on

Environment: MANYHANDS_URL, MANYHANDS_TOKEN`;

const program = new Command('manyhands')
  .description('Run programs on a network of browsers that lend their time.')
  .version(version)
  .option('--url <address>', 'the coordinator (default http://127.0.0.1:4870)')
  .option('--token <token>', 'API token')
  .option('--json', 'one JSON object a line, for scripts')
  .option('-q, --quiet', 'no progress')
  .addHelpText('after', EXIT_CODES)
  .showHelpAfterError('Add --help for the options.')
  .exitOverride();

addRun(program);
addJobs(program);
addResults(program);
addControls(program);
addContribute(program);
addLogin(program);
for (const command of program.commands) command.copyInheritedSettings(program);

// A reader that goes away (`| head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(Exit.ok);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = parseFailure(error);
}

/** Commander has already said what is wrong with the command line; option parsers of ours have not. */
function parseFailure(error: unknown): number {
  if (error instanceof Error && 'exitCode' in error)
    return error.exitCode === 0 ? Exit.ok : Exit.usage;
  process.stderr.write(`${describeError(error, process.argv.includes('--json'))}\n`);
  return exitCodeOf(error);
}
