import type { Command } from 'commander';
import * as z from 'zod/mini';
import { ManyhandsError } from '../../../shared/errors.ts';
import { JobSpec, type JobSpecInput } from '../../../shared/job/spec.ts';
import { action, type Context } from '../context.ts';
import { Exit } from '../exit.ts';
import { follow } from '../follow.ts';
import { type InputFlags, inputsFromFlags, type LocalInputs } from '../inputs.ts';
import { type LocalStage, localJob } from '../job-file.ts';
import { parseBytes, parseCount, parseDuration } from '../numbers.ts';
import { checkOutput, outputFormat } from '../output.ts';
import { type LocalProgram, readProgram } from '../program.ts';
import { StatusLine } from '../progress.ts';
import { givenFile, uploadInputs } from '../upload.ts';

interface RunFlags extends InputFlags {
  job?: string;
  name?: string;
  project?: string;
  arg?: string[];
  env?: string[];
  stdin?: string;
  file?: string[];
  collect?: string[];
  collectFile?: string[];
  time?: number;
  memory?: number;
  outputLimit?: number;
  replicas?: number;
  quorum?: number;
  attempts?: number;
  priority?: number;
  deadline?: number;
  out?: string;
  force?: boolean;
  detach?: boolean;
  dryRun?: boolean;
}

const append = (value: string, previous: string[] = []) => [...previous, value];

/** `manyhands run`: compiles, posts, shows progress and streams the results. */
export function addRun(program: Command): void {
  const command = program
    .command('run')
    .description('run a program on many inputs and stream the results')
    .argument('[program...]', 'a .wasm, .js, or C or C++ sources with their headers')
    .option('--job <file>', 'start from a job file; other options override it')
    .option('--range <from..to[..step]>', 'one shard a number; field {i}')
    .option('--grid <name=values>', 'an axis: a=1,2,3 or x=0..1..0.1; repeat for more', append)
    .option('--lines <file>', 'shards from the lines of a file; fields {line} {number}')
    .option('--per-shard <n>', 'lines a shard', parseCount(1))
    .option('--files <file...>', 'one shard a file; fields {name} {content}')
    .option('--chunks <file>', 'shards from pieces of a file, cut at line ends; field {content}')
    .option('--chunk-bytes <size>', 'size of a chunk (default 1MiB)')
    .option(
      '--arg <template>',
      'argument of the program, such as "--seed={i}"; repeat for more',
      append,
    )
    .option('--env <NAME=template>', 'environment variable; repeat for more', append)
    .option('--stdin <template>', 'standard input, such as {content}')
    .option('--file </path=@local>', 'a file the program sees; /path=text for a template', append)
    .option('--collect <what...>', 'stdout, stderr, exitCode, value')
    .option('--collect-file <path>', 'a file the program writes; repeat for more', append)
    .option('--time <time>', 'limit of one shard (default 60s)', parseDuration)
    .option('--memory <size>', 'limit of one shard (default 256MiB)', parseBytes)
    .option('--output-limit <size>', 'output of one shard (default 1MiB)', parseBytes)
    .option('--replicas <n>', 'nodes that compute each shard (default 2)', parseCount(1))
    .option('--quorum <n>', 'equal answers that make a verdict (default 2)', parseCount(1))
    .option('--attempts <n>', 'runs of a shard before it is given up (default 6)', parseCount(1))
    .option('--priority <n>', 'among your jobs, -10 to 10', parseCount(-10))
    .option('--deadline <time>', 'give up after this long, such as 2h', parseDuration)
    .option('--name <name>', 'what to call the job')
    .option('--project <id>', 'project it belongs to')
    .option(
      '-o, --out <file>',
      'write results there: .ndjson, .csv or .zip (default: standard output)',
    )
    .option('--force', 'write over the output file')
    .option('--detach', 'post, print the job and leave')
    .option('--dry-run', 'compile, check and print the job spec; send nothing');
  action<[string[], RunFlags]>(command, run);
}

async function run(
  context: Context,
  programs: string[],
  flags: RunFlags,
): Promise<number | undefined> {
  checkOutput(flags.out, flags.force === true);
  const status = new StatusLine(context.quiet || context.json);
  const spec = await assemble(context, programs, flags, status);
  if (flags.dryRun) {
    context.print(JSON.stringify(spec, null, 2), spec);
    return Exit.ok;
  }
  status.show('Posting');
  const job = await context.client.post(spec);
  const stages = job.stage ? ` in the first of ${job.stage.of} stages` : '';
  status.end(`Posted ${job.id}: ${job.shards.toLocaleString('en')} shards${stages}`);
  if (flags.detach) {
    context.print(job.id, { job: job.id, shards: job.shards });
    return Exit.ok;
  }
  const format = outputFormat(flags.out);
  return follow(context, job.id, { out: flags.out, format, after: undefined, wait: true });
}

/** The job spec of the command line, with everything uploaded that it names (nothing in a dry run). */
async function assemble(
  context: Context,
  programs: string[],
  flags: RunFlags,
  status: StatusLine,
): Promise<JobSpecInput> {
  const base = flags.job === undefined ? null : localJob(flags.job);
  const paths = programs.length > 0 ? programs : (base?.programs ?? []);
  if (paths.length === 0)
    throw new ManyhandsError(
      'PROGRAM_MISSING',
      'Name the program to run, or a job file with --job.',
    );
  const inputs = hasInputs(flags) || !base ? inputsFromFlags(flags) : base.inputs;
  const local = await readProgram(paths, { onStep: (step) => status.show(step) });
  const stages: { stage: LocalStage; program: LocalProgram }[] = [];
  for (const stage of base?.stages ?? []) {
    const program = await readProgram(stage.programs, { onStep: (step) => status.show(step) });
    stages.push({ stage, program });
  }
  for (const { warnings } of [local, ...stages.map(({ program }) => program)])
    for (const warning of warnings) process.stderr.write(`${warning}\n`);
  const spec = {
    ...base?.rest,
    name: flags.name ?? base?.rest.name ?? paths[0].replace(/^.*\//, ''),
    ...overrides(flags, base?.rest),
    program: { kind: local.kind, blob: PLACEHOLDER },
    inputs: placeholderInputs(inputs),
    stages: stages.map(({ stage, program }) => stageSpec(stage, program, PLACEHOLDER)),
  };
  checkSpec(spec);
  if (flags.dryRun) return spec;
  status.show('Uploading');
  const files = [...(base?.rest.files ?? [])];
  for (const text of flags.file ?? []) files.push(await givenFile(context.client, text));
  const upload = async ({ bytes }: LocalProgram) => (await context.client.upload(bytes)).id;
  const posted: NonNullable<JobSpecInput['stages']> = [];
  for (const { stage, program } of stages)
    posted.push(stageSpec(stage, program, await upload(program)));
  return {
    ...spec,
    files,
    stages: posted,
    program: { kind: local.kind, blob: await upload(local) },
    inputs: await uploadInputs(context.client, inputs),
  };
}

function stageSpec({ rest }: LocalStage, { kind }: LocalProgram, blob: string) {
  return { ...rest, program: { kind, blob } };
}

/** Stands for blobs that are not uploaded yet while the spec is checked. */
const PLACEHOLDER = '0'.repeat(64);

function placeholderInputs(inputs: LocalInputs): JobSpecInput['inputs'] {
  switch (inputs.kind) {
    case 'lines':
      return { kind: 'lines', file: PLACEHOLDER, perShard: inputs.perShard };
    case 'chunks':
      return { kind: 'chunks', file: PLACEHOLDER, bytes: inputs.bytes };
    case 'files':
      return { kind: 'files', files: inputs.paths.map((name) => ({ name, blob: PLACEHOLDER })) };
    default:
      return inputs;
  }
}

/** Says at once, before anything is sent, what no coordinator would take. */
function checkSpec(spec: JobSpecInput): void {
  const parsed = z.safeParse(JobSpec, spec, { error: z.locales.en().localeError });
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  throw new ManyhandsError('SPEC_INVALID', `${issue.path.join('.')}: ${issue.message}.`, {
    path: issue.path.join('.'),
  });
}

function hasInputs(flags: RunFlags): boolean {
  const { range, grid, lines, files, chunks } = flags;
  return [range, grid, lines, files, chunks].some((flag) => flag !== undefined);
}

function overrides(
  flags: RunFlags,
  base: Partial<JobSpecInput> | undefined,
): Partial<JobSpecInput> {
  const limits = compact({
    timeMs: flags.time,
    memoryMiB: flags.memory === undefined ? undefined : Math.ceil(flags.memory / 1024 ** 2),
    outputBytes: flags.outputLimit,
  });
  const replication = compact({
    replicas: flags.replicas,
    // One replica can only ever reach a quorum of one.
    quorum:
      flags.quorum ?? (flags.replicas === undefined ? undefined : Math.min(flags.replicas, 2)),
    maxAttempts: flags.attempts,
  });
  return (
    compact({
      project: flags.project,
      args: flags.arg,
      env: flags.env && Object.fromEntries(flags.env.map(assignment)),
      stdin: flags.stdin,
      collect: collectOf(flags),
      limits: limits && { ...base?.limits, ...limits },
      replication: replication && {
        policy: 'quorum' as const,
        ...base?.replication,
        ...replication,
      },
      priority: flags.priority,
      deadline: flags.deadline === undefined ? undefined : Date.now() + flags.deadline,
    }) ?? {}
  );
}

const COLLECTABLE = ['stdout', 'stderr', 'exitCode', 'value'];

function collectOf({ collect, collectFile }: RunFlags): JobSpecInput['collect'] {
  if (!collect && !collectFile) return undefined;
  const unknown = collect?.find((name) => !COLLECTABLE.includes(name));
  if (unknown)
    throw new ManyhandsError(
      'OPTION_INVALID',
      `--collect takes ${COLLECTABLE.join(', ')}, not "${unknown}".`,
      {
        value: unknown,
      },
    );
  return { ...Object.fromEntries((collect ?? []).map((name) => [name, true])), files: collectFile };
}

function assignment(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1)
    throw new ManyhandsError(
      'OPTION_INVALID',
      `--env "${text}" cannot be read. Write NAME=value.`,
      { value: text },
    );
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Without the undefined entries; undefined where none is left. */
function compact<T extends object>(object: T): T | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T);
}
