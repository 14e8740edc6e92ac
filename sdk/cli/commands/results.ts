import type { Command } from 'commander';
import { ManyhandsError } from '../../../shared/errors.ts';
import { action, type Context } from '../context.ts';
import { Exit } from '../exit.ts';
import { follow } from '../follow.ts';
import { checkOutput, lastCursor, outputFormat } from '../output.ts';

interface ResultsFlags {
  out?: string;
  force?: boolean;
  continue?: boolean;
  follow?: boolean;
}

/** `manyhands results`: what there is now, or until the job has ended. */
export function addResults(program: Command): void {
  const command = program
    .command('results')
    .description("write a job's results")
    .argument('<job>', 'its id')
    .option('-o, --out <file>', '.ndjson, .csv or .zip (default: standard output)')
    .option('--force', 'write over the output file')
    .option('--continue', 'go on where the output file (NDJSON) ends')
    .option('--follow', 'wait for the job to end');
  action<[string, ResultsFlags]>(command, writeResults);
}

async function writeResults(context: Context, id: string, flags: ResultsFlags): Promise<number> {
  const { out } = flags;
  if (flags.continue && out === undefined)
    throw new ManyhandsError(
      'OUTPUT_NEEDS_FILE',
      '--continue goes on at the end of a file: name it with --out results.ndjson.',
    );
  const after = flags.continue && out !== undefined ? lastCursor(out) : undefined;
  if (!flags.continue) checkOutput(out, flags.force === true);
  const wait = flags.follow === true;
  return follow(context, id, { out, format: outputFormat(out), after, wait });
}

/** `manyhands cancel` and `manyhands retry`. */
export function addControls(program: Command): void {
  const cancel = program
    .command('cancel')
    .description('cancel a job; its results so far stay')
    .argument('<job>');
  action<[string]>(cancel, async ({ client, print }, id) => {
    const job = await client.cancel(id);
    print(`${job.id} is ${job.state}; ${job.counts.done} results stay`, job);
    return Exit.ok;
  });

  const retry = program
    .command('retry')
    .description('try failed shards again')
    .argument('<job>')
    .argument('[shards...]', 'their numbers (default: all that failed)');
  action<[string, string[]]>(retry, async ({ client, print }, id, shards) => {
    const retried = await client.retry(id, shards.length > 0 ? shards.map(Number) : undefined);
    print(`${retried} shards are tried again`, { retried });
    return Exit.ok;
  });
}
