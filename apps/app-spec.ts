import * as z from 'zod/mini';
import { JobSpec, type JobSpecInput } from '../shared/job/spec.ts';

const FileName = z.string().check(z.minLength(1));

const AppProgram = z.strictObject({
  kind: z.enum(['wasi', 'javascript']),
  /** Several where there are headers. */
  file: z.union([FileName, z.array(FileName).check(z.minLength(1))]),
});

/**
 * A sample program's `job.json`: a job spec in which the program and the input file are named by
 * their paths, from the app's own folder, instead of by blob. `manyhands run --job` reads it too.
 */
const AppSpec = z.looseObject({
  program: AppProgram,
  /** Further stages name their programs in the same way. */
  stages: z._default(z.array(z.looseObject({ program: AppProgram })), []),
  inputs: z.union([
    z.looseObject({ kind: z.enum(['lines', 'chunks']), file: FileName }),
    z.looseObject({ kind: z.enum(['range', 'grid']) }),
  ]),
});
type AppSpec = z.infer<typeof AppSpec>;

/** The files that a `job.json` names. */
export interface AppFiles {
  program: string[];
  /** Of each further stage. */
  stages: string[][];
  /** Input file of `lines` and `chunks`. */
  input: string | null;
}

/**
 * Reads a `job.json`.
 * @throws z.core.$ZodError
 */
export function parseAppSpec(json: string): { spec: AppSpec; files: AppFiles } {
  const spec = AppSpec.parse(JSON.parse(json));
  const { inputs } = spec;
  const input = 'file' in inputs && typeof inputs.file === 'string' ? inputs.file : null;
  const program = [spec.program.file].flat();
  const stages = spec.stages.map((stage) => [stage.program.file].flat());
  return { spec, files: { program, stages, input } };
}

/**
 * The job spec that can be posted.
 * @param blobs ids of the programs (compiled) and of the input file.
 * @throws z.core.$ZodError where it is no job spec.
 */
export function toJobSpec(
  spec: AppSpec,
  blobs: { program: string; stages: readonly string[]; input: string | null },
): JobSpec {
  const { program, stages, inputs, ...rest } = spec;
  const posted: Record<string, unknown> = {
    ...rest,
    program: { kind: program.kind, blob: blobs.program },
    stages: stages.map((stage, k) => ({
      ...stage,
      program: { kind: stage.program.kind, blob: blobs.stages[k] },
    })),
    inputs: blobs.input === null ? inputs : { ...inputs, file: blobs.input },
  };
  return JobSpec.parse(posted as JobSpecInput);
}
