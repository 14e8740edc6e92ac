import type { Command } from 'commander';
import { wholeState } from '../../../shared/api/whole.ts';
import { ManyhandsError } from '../../../shared/errors.ts';
import { action, type Context } from '../context.ts';
import { Exit } from '../exit.ts';
import { follow } from '../follow.ts';
import { parseCount } from '../numbers.ts';
import { checkOutput, lastCursor, outputFormat } from '../output.ts';

interface ResultsFlags {
  out?: string;
  force?: boolean;
  continue?: boolean;
  follow?: boolean;
  stage?: number;
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
    .option('--follow', 'wait for the job to end')
    .option('--stage <n>', 'of this stage (default: the last one)', parseCount(1));
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
  const stage = flags.stage === undefined ? undefined : await stageJob(context, id, flags.stage);
  return follow(context, id, { stage, out, format: outputFormat(out), after, wait });
}

async function stageJob({ client }: Context, id: string, number: number): Promise<string> {
  const { stage } = await client.job(id);
  const found = stage?.all[number - 1];
  if (found) return found.id;
  throw new ManyhandsError(
    'STAGE_UNKNOWN',
    stage ? `This job has ${stage.of} stages.` : 'This job has no stages.',
    { stage: number },
  );
}

/** All that failed: of the job, or of every stage where the job stands for the whole. */
async function retryAll(client: Context['client'], id: string): Promise<number> {
  const { stage } = await client.job(id);
  if (stage?.first !== id) return client.retry(id);
  let retried = 0;
  for (const { id: own, failed } of stage.all) if (failed > 0) retried += await client.retry(own);
  return retried;
}

/** `manyhands cancel` and `manyhands retry`. */
export function addControls(program: Command): void {
  const cancel = program
    .command('cancel')
    .description('cancel a job; its results so far stay')
    .argument('<job>');
  action<[string]>(cancel, async ({ client, print }, id) => {
    const job = await client.cancel(id);
    print(`${job.id} is ${wholeState(job)}; ${job.counts.done} results stay`, job);
    return Exit.ok;
  });

  const retry = program
    .command('retry')
    .description('try failed shards again')
    .argument('<job>')
    .argument('[shards...]', 'their numbers (default: all that failed)');
  action<[string, string[]]>(retry, async ({ client, print }, id, shards) => {
    const retried = await (shards.length > 0
      ? client.retry(id, shards.map(Number))
      : retryAll(client, id));
    print(`${retried} shards are tried again`, { retried });
    return Exit.ok;
  });
}
