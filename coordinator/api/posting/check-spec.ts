import { ManyhandsError } from '../../../shared/errors.ts';
import { fieldNames } from '../../../shared/job/inputs.ts';
import type { JobSpec } from '../../../shared/job/spec.ts';
import { parseTemplate } from '../../../shared/job/template.ts';
import { checkAt } from '../problem.ts';

/** Where a WASI program keeps its checkpoint; nothing else may be put there. */
const CHECKPOINT_PATH = '/checkpoint';

/**
 * What a job's schema cannot say: fields that must fit each other.
 * @param now milliseconds since 1970
 * @throws ManyhandsError INPUTS_INTERNAL, QUORUM_ABOVE_REPLICAS, REPLICAS_ABOVE_ATTEMPTS, DEADLINE_PAST,
 *   COLLECT_NOT_FOR_KIND, FILE_PATH_DUPLICATE, FILE_PATH_RESERVED and those of `parseTemplate`;
 *   `facts.path` says where
 */
export function checkSpec(spec: JobSpec, now: number): void {
  checkInputs(spec);
  checkFields(spec, now);
}

/**
 * The same for a further stage, whose inputs the coordinator made.
 * @throws as `checkSpec`
 */
export function checkFields(spec: JobSpec, now: number): void {
  checkReplication(spec);
  checkDeadline(spec, now);
  checkCollect(spec);
  checkFiles(spec);
  checkTemplates(spec);
}

function checkInputs({ inputs }: JobSpec): void {
  if (inputs.kind === 'parts')
    throw new ManyhandsError(
      'INPUTS_INTERNAL',
      'Inputs of the kind "parts" are made by the coordinator. State "stages" instead.',
      { path: 'inputs.kind' },
    );
}

function checkReplication({ replication: { replicas, quorum, maxAttempts } }: JobSpec): void {
  if (quorum > replicas)
    throw new ManyhandsError(
      'QUORUM_ABOVE_REPLICAS',
      `${quorum} equal answers cannot come from ${replicas} replicas. Lower the quorum or raise the replicas.`,
      { path: 'replication.quorum', quorum, replicas },
    );
  if (replicas > maxAttempts)
    throw new ManyhandsError(
      'REPLICAS_ABOVE_ATTEMPTS',
      `${replicas} replicas need at least as many attempts, and ${maxAttempts} are allowed. Raise maxAttempts.`,
      { path: 'replication.maxAttempts', replicas, maxAttempts },
    );
}

function checkDeadline({ deadline }: JobSpec, now: number): void {
  if (deadline !== undefined && deadline <= now)
    throw new ManyhandsError(
      'DEADLINE_PAST',
      'The deadline has passed already. It is in milliseconds since 1970; choose a later one or leave it out.',
      { path: 'deadline', deadline, now },
    );
}

function checkCollect({ collect, program: { kind } }: JobSpec): void {
  const foreign =
    kind === 'wasi' ? (['value'] as const) : (['stdout', 'exitCode', 'files'] as const);
  for (const part of foreign)
    if (collect?.[part])
      throw new ManyhandsError(
        'COLLECT_NOT_FOR_KIND',
        kind === 'wasi'
          ? 'A WASI program returns no value. Collect stdout, stderr, the exit code or files.'
          : `A JavaScript program has no ${part}. Collect its value, or stderr for what it logs.`,
        { path: `collect.${part}`, kind },
      );
}

function checkFiles({ files }: JobSpec): void {
  const paths = new Set<string>();
  files.forEach((file, k) => {
    const path = `files.${k}.path`;
    if (file.path === CHECKPOINT_PATH)
      throw new ManyhandsError(
        'FILE_PATH_RESERVED',
        'The path /checkpoint is where a program keeps its own checkpoint. Choose another path.',
        { path },
      );
    if (paths.has(file.path))
      throw new ManyhandsError(
        'FILE_PATH_DUPLICATE',
        `Two files are given at ${file.path}. Choose another path for one.`,
        { path, file: file.path },
      );
    paths.add(file.path);
  });
}

function checkTemplates({ inputs, args, env, stdin, files }: JobSpec): void {
  const names = fieldNames(inputs);
  const check = (path: string, text: string) => checkAt(path, () => parseTemplate(text, names));
  args.forEach((text, k) => {
    check(`args.${k}`, text);
  });
  for (const [name, text] of Object.entries(env)) check(`env.${name}`, text);
  if (stdin !== undefined) check('stdin', stdin);
  files.forEach((file, k) => {
    if ('content' in file) check(`files.${k}.content`, file.content);
  });
}
