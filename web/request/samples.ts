import * as z from 'zod/mini';
import { JobSpec } from '../../shared/job/spec.ts';
import { request } from '../text/en/request.ts';
import type { Draft, ProgramDraft } from './draft.ts';
import { EMPTY_DRAFT } from './draft-start.ts';
import { fromSpec } from './from-spec.ts';
import { sourceOf } from './take-files.ts';
import { NO_BLOBS } from './to-spec.ts';

/*
 * The sample programs are read from apps/ as plain texts when the pages are built, so that what a
 * requester begins with is what its tests check.
 */
const SPECS = import.meta.glob<string>('../../apps/*/job.json', {
  query: '?raw',
  import: 'default',
});
const PROGRAMS = import.meta.glob<string>('../../apps/*/*.{c,cpp,h,js}', {
  query: '?raw',
  import: 'default',
});
const DATA = import.meta.glob<string>('../../apps/*/data/*', { query: '?url', import: 'default' });

const SampleProgram = z.object({
  kind: z.enum(['wasi', 'javascript']),
  file: z.union([z.string(), z.array(z.string())]),
});
type SampleProgram = z.infer<typeof SampleProgram>;

/** A sample program's job.json: a job spec that names its files by path. */
const SampleSpec = z.looseObject({
  program: SampleProgram,
  stages: z._default(z.array(z.looseObject({ program: SampleProgram })), []),
  inputs: z.looseObject({ file: z.optional(z.string()) }),
});

/** Names of the samples, in the order in which they are shown. */
export const SAMPLES = Object.keys(request.samples) as (keyof typeof request.samples)[];

/** A draft of one of the samples; null where there is none of that name. */
export async function sampleDraft(name: string): Promise<Draft | null> {
  const folder = `../../apps/${name}`;
  const json = await SPECS[`${folder}/job.json`]?.();
  if (json === undefined) return null;
  const { program, stages, inputs, ...rest } = SampleSpec.parse(JSON.parse(json));
  const inputFile = inputs.file === undefined ? null : await dataFile(folder, inputs.file);
  const spec = JobSpec.parse({
    ...rest,
    program: unread(program),
    stages: stages.map((stage) => ({ ...stage, program: unread(stage.program) })),
    inputs: inputFile ? { ...inputs, file: NO_BLOBS.of(inputFile) } : inputs,
  });
  return fromSpec(spec, {
    ...(await programDraft(folder, program)),
    stages: await Promise.all(stages.map((stage) => programDraft(folder, stage.program))),
    inputFile,
  });
}

/** A program as a spec names it that is not uploaded yet. */
function unread({ kind }: SampleProgram): JobSpec['program'] {
  return { kind, blob: NO_BLOBS.program };
}

async function programDraft(folder: string, { file }: SampleProgram): Promise<ProgramDraft> {
  const [main, ...more] = await Promise.all(
    [file].flat().map(async (name) => ({ name, text: await PROGRAMS[`${folder}/${name}`]() })),
  );
  const source = sourceOf(main.name);
  return {
    source,
    code: { ...EMPTY_DRAFT.code, [source]: main.text },
    fileNames: { ...EMPTY_DRAFT.fileNames, [source]: main.name },
    moreFiles: more,
    wasm: null,
  };
}

async function dataFile(folder: string, file: string): Promise<File> {
  // One sample may take the data of another.
  const path = file.startsWith('../') ? `../../apps/${file.slice(3)}` : `${folder}/${file}`;
  const response = await fetch(await DATA[path]());
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new File([await response.blob()], path.slice(path.lastIndexOf('/') + 1));
}
