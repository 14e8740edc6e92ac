import { dirname, resolve } from 'node:path';
import * as z from 'zod/mini';
import { fromUtf8 } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import { Inputs, type JobSpecInput } from '../../shared/job/spec.ts';
import type { LocalInputs } from './inputs.ts';
import { readLocal } from './program.ts';

const LocalPath = z.string().check(z.minLength(1));

const LocalProgramFiles = z.object({
  /** The source or module; more files are headers and further sources. */
  file: z.union([LocalPath, z.array(LocalPath).check(z.minLength(1))]),
});

/**
 * A job file: a job spec as JSON in which files are named by their paths, from the job file's own
 * folder, instead of by blob. Everything else is as in a job spec and is checked as one.
 */
const JobFile = z.looseObject({
  program: LocalProgramFiles,
  /** Each names its program in the same way; the rest is as in a job spec. */
  stages: z._default(z.array(z.looseObject({ program: LocalProgramFiles })), []),
  inputs: z.union([
    z.object({ kind: z.literal('lines'), file: LocalPath, perShard: z._default(z.int(), 1) }),
    z.object({ kind: z.literal('chunks'), file: LocalPath, bytes: z.int() }),
    z.object({ kind: z.literal('files'), files: z.array(z.object({ file: LocalPath })) }),
    Inputs,
  ]),
});

/** A further stage as a job file says it. */
export interface LocalStage {
  programs: string[];
  /** The other fields of the stage. */
  rest: Omit<StageInput, 'program'>;
}
type StageInput = NonNullable<JobSpecInput['stages']>[number];

/** What a job file says, its paths resolved. */
export interface LocalJob {
  programs: string[];
  inputs: LocalInputs;
  stages: LocalStage[];
  /** The other fields of the spec. */
  rest: Partial<JobSpecInput>;
}

/**
 * Reads a job file.
 * @throws ManyhandsError `FILE_UNREADABLE`, `JOB_FILE_INVALID`.
 */
export function localJob(path: string): LocalJob {
  const { program, inputs, stages, ...rest } = parse(path, fromUtf8(readLocal(path)));
  const local = (name: string) => resolve(dirname(path), name);
  const paths = ({ file }: z.infer<typeof LocalProgramFiles>) => [file].flat().map(local);
  return {
    programs: paths(program),
    inputs: localInputs(inputs, local),
    // The other fields are checked with the whole spec, before anything is sent.
    stages: stages.map(({ program: own, ...more }) => ({
      programs: paths(own),
      rest: more as unknown as LocalStage['rest'],
    })),
    rest,
  };
}

function parse(path: string, text: string): z.infer<typeof JobFile> {
  let problem: string;
  try {
    const parsed = z.safeParse(JobFile, JSON.parse(text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    problem = `${issue.path.join('.')}: ${issue.message}`;
  } catch (error) {
    problem = (error as Error).message;
  }
  throw new ManyhandsError('JOB_FILE_INVALID', `${path} is not a job file. ${problem}.`, { path });
}

function localInputs(
  inputs: z.infer<typeof JobFile>['inputs'],
  local: (name: string) => string,
): LocalInputs {
  switch (inputs.kind) {
    case 'lines':
      return { kind: 'lines', path: local(inputs.file), perShard: inputs.perShard };
    case 'chunks':
      return { kind: 'chunks', path: local(inputs.file), bytes: inputs.bytes };
    case 'files':
      return {
        kind: 'files',
        paths: inputs.files.map((file) => local('file' in file ? file.file : file.name)),
      };
    case 'parts':
      throw new ManyhandsError(
        'INPUTS_INTERNAL',
        'Inputs of the kind "parts" are made by the coordinator. State "stages" instead.',
      );
    default:
      return inputs;
  }
}
