import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { contribute, type NodeView } from '../../../worker/headless/contribute.ts';
import { action, type Context } from '../context.ts';
import { addDataFlags, type DataFlags, dataLimits } from '../data-limits.ts';
import { Exit } from '../exit.ts';
import { parseCount } from '../numbers.ts';
import { StatusLine } from '../progress.ts';

interface ContributeFlags extends DataFlags {
  threads?: number;
  data?: string;
  project?: string[];
}

/** `manyhands contribute`: this machine as a headless node, until Ctrl-C. */
export function addContribute(program: Command): void {
  const command = program
    .command('contribute')
    .description(
      "give this machine's spare time (WASM programs only); Ctrl-C finishes, twice stops at once",
    )
    .option('--threads <n>', 'threads to give (default: all cores but one)', parseCount(1))
    .option(
      '--data <folder>',
      "the node's key and unfinished work (default: ~/.local/share/manyhands)",
    )
    .option('--project <id...>', 'only these projects');
  action<[ContributeFlags]>(addDataFlags(command), give);
}

async function give(context: Context, flags: ContributeFlags): Promise<number> {
  const status = new StatusLine(context.quiet || context.json);
  const stop = new AbortController();
  context.signal.addEventListener('abort', () => {
    status.end('Finishing what runs. Ctrl-C again stops at once.');
    process.prependOnceListener('SIGINT', () => stop.abort());
  });
  const last = await contribute({
    url: context.settings.url,
    threads: flags.threads ?? Math.max(1, availableParallelism() - 1),
    dataFolder: flags.data ?? dataFolder(),
    projects: flags.project,
    data: dataLimits(flags),
    finish: context.signal,
    signal: stop.signal,
    onState: (view) => status.show(stateLine(view)),
  });
  status.end(stateLine(last));
  if (context.json) context.print('', last);
  return Exit.ok;
}

function dataFolder(): string {
  return join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'manyhands');
}

/** Why nothing runs, for a person. */
const IDLE: Readonly<Partial<Record<NonNullable<NodeView['idle']>, string>>> = {
  connecting: 'connecting',
  offline: 'the coordinator cannot be reached; trying again',
  'too-old': 'this program is too old for the coordinator; update it',
  banned: 'this node is banned',
  asking: 'asking for work',
  'no-jobs': 'waiting for work',
  'none-for-kind': 'waiting for a WASM program',
  'none-for-project': 'waiting for work of the chosen projects',
  'waiting-for-others': 'waiting for other nodes to answer',
  downloading: 'downloading a program',
  'data-cap': 'the data cap for today is reached; going on tomorrow',
  'no-room': 'the cache has no room for results; give it more with --cache',
  'download-failed': 'a program cannot be downloaded; trying again',
  'starting-sandbox': 'starting',
  uploading: 'handing in',
};

function stateLine(view: NodeView): string {
  const { running, idle, done, agreed, rejected, problem } = view;
  const doing =
    idle === null
      ? running.map(({ name, project }) => `${name} (${project})`).join(', ')
      : (IDLE[idle] ?? idle);
  const trouble = problem ? ` · ${problem.message} [${problem.code}]` : '';
  return `${doing || 'finished'} · ${done} computed · ${agreed} agreed · ${rejected} rejected${trouble}`;
}
