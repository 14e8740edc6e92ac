import { parseArgs } from 'node:util';
import {
  Simulation,
  type SimulationOptions,
  type SimulationSummary,
} from './simulation/simulation.ts';

const USAGE = `Usage: npm run simulate -- [--seed N] [--nodes N] [--hours N] [--liars SHARE]

Runs the real engine and scheduler against a crowd in virtual time: connections break, messages
come twice and late, nodes and the coordinator crash, some nodes lie. Ends with code 1 and the seed
when a promise is broken.

  --seed N       what chance is made of (default: the time)
  --nodes N      nodes in the crowd (default 300)
  --hours N      virtual hours of trouble before everything must come to its end (default 1)
  --liars SHARE  share of nodes that lie, from 0 to 1 (default 0.33)
`;

process.exitCode = main();

function main(): number {
  const options = readOptions();
  if (options === null) {
    process.stdout.write(USAGE);
    return process.argv.includes('--help') ? 0 : 2;
  }
  const began = performance.now();
  try {
    const summary = new Simulation(options).run(showProgress);
    clearProgress();
    print(options, summary, (performance.now() - began) / 1000);
    return 0;
  } catch (thrown) {
    clearProgress();
    process.stderr.write(`Seed ${options.seed} breaks a promise.\n${(thrown as Error).stack}\n`);
    const { seed, nodes, hours, liars } = options;
    const flags = `--seed ${seed} --nodes ${nodes} --hours ${hours} --liars ${liars}`;
    process.stderr.write(`Again with: npm run simulate -- ${flags}\n`);
    return 1;
  }
}

/** The options, or null where they cannot be read or help was asked for. */
function readOptions(): SimulationOptions | null {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
        nodes: { type: 'string', default: '300' },
        hours: { type: 'string', default: '1' },
        liars: { type: 'string', default: '0.33' },
        help: { type: 'boolean', default: false },
      },
    });
    const options = {
      seed: Number(values.seed),
      nodes: Number(values.nodes),
      hours: Number(values.hours),
      liars: Number(values.liars),
    };
    const { seed, nodes, hours, liars } = options;
    const fits =
      Number.isSafeInteger(seed) &&
      Number.isSafeInteger(nodes) &&
      nodes > 0 &&
      hours > 0 &&
      liars >= 0 &&
      liars <= 1;
    return fits && !values.help ? options : null;
  } catch (thrown) {
    process.stderr.write(`${(thrown as Error).message}\n\n`);
    return null;
  }
}

function showProgress({ hours, shards, done, failed }: SimulationSummary): void {
  if (!process.stderr.isTTY) return;
  const share = ((100 * (done + failed)) / shards).toFixed(1);
  process.stderr.write(`\r${hours.toFixed(2)} virtual hours, ${share}% of the shards decided `);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${' '.repeat(70)}\r`);
}

function print(options: SimulationOptions, summary: SimulationSummary, seconds: number): void {
  const refusals = Object.entries(summary.refusals).map(([code, count]) => `${count} ${code}`);
  const rows: [string, string][] = [
    ['seed', String(options.seed)],
    ['nodes', `${options.nodes}, of which ${100 * options.liars}% lie`],
    ['virtual time', `${summary.hours.toFixed(2)} h in ${seconds.toFixed(1)} s`],
    ['shards', `${summary.shards}: ${summary.done} done, ${summary.failed} failed`],
    [
      'wrong verdicts',
      `${summary.wrong} (by quorums of colluders, or by one liar where one is enough)`,
    ],
    ['runs', `${summary.runs}, ${(summary.runs / summary.shards).toFixed(2)} a shard`],
    [
      'coordinator',
      `${summary.coordinatorStarts} starts, ${summary.commits} commits, ${summary.commitsFailed} failed`,
    ],
    ['nodes', `${summary.nodeCrashes} crashes and closed tabs`],
    ['checkpoints', `${summary.handOvers} handed over, ${summary.moves} gone on from elsewhere`],
    ['submissions', `${summary.acks} acknowledged; refused: ${refusals.join(', ') || 'none'}`],
  ];
  for (const [name, value] of rows) process.stdout.write(`${name.padEnd(15)} ${value}\n`);
  process.stdout.write('Every promise was kept.\n');
}
