import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ManyhandsError, toErrorBody } from '../shared/errors.ts';
import type { Bench } from './harness/bench.ts';
import { parseBenchCommand } from './harness/command-line.ts';
import { formatTable } from './harness/table.ts';

/** Exit code where the command line cannot be used. */
const USAGE = 2;

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Names of the benchmarks: one file each beside this one. */
function benchNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'run.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .toSorted();
}

async function load(name: string): Promise<Bench> {
  const names = benchNames();
  if (!names.includes(name))
    throw new ManyhandsError(
      'BENCH_UNKNOWN',
      `There is no benchmark "${name}". There are: ${names.join(', ')}.`,
      { name },
    );
  const { bench } = (await import(new URL(`${name}.ts`, import.meta.url).href)) as {
    bench: Bench;
  };
  return bench;
}

async function help(): Promise<string> {
  const rows: string[] = [];
  for (const name of benchNames()) {
    const { summary, flags } = await load(name);
    rows.push(`  ${name.padEnd(12)} ${summary}`);
    for (const [flag, meaning] of Object.entries(flags ?? {}))
      rows.push(`  ${''.padEnd(12)}   --${flag}: ${meaning}`);
  }
  return [
    'Usage: npm run bench -- NAME [--quick] [--json] [flags]',
    '',
    ...rows,
    '',
    '  --quick   under a minute, with the same keys',
    '  --json    one JSON object as the last line',
  ].join('\n');
}

async function main(argv: readonly string[]): Promise<void> {
  let json = argv.includes('--json');
  try {
    const command = parseBenchCommand(argv);
    json = command.json;
    if (command.name === null) {
      console.log(await help());
      return;
    }
    const bench = await load(command.name);
    const { figures, table, notes } = await bench.run(command.options);
    console.log(formatTable(table));
    for (const note of notes ?? []) console.log(note);
    const { quick } = command.options;
    if (json) console.log(JSON.stringify({ name: bench.name, quick, ...figures }));
  } catch (thrown) {
    if (!(thrown instanceof ManyhandsError)) throw thrown;
    const error = toErrorBody(thrown);
    if (json) console.log(JSON.stringify({ error }));
    else console.error(`${error.message} (${error.code})`);
    process.exitCode = error.code === 'USAGE' || error.code === 'BENCH_UNKNOWN' ? USAGE : 1;
  }
}

await main(process.argv.slice(2));
