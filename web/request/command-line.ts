import { type Draft, draftFiles, linesOf, type ProgramDraft } from './draft.ts';
import { toSpec } from './to-spec.ts';

/** The same job for the Manyhands command line. */
export interface CommandLine {
  command: string;
  /** A job file that the command names, where options cannot say everything. */
  jobFile: string | null;
}

/** Names of the program's files in the commands. */
function programFiles({ source, wasm, fileNames, moreFiles }: ProgramDraft): string[] {
  if (source === 'wasm') return [wasm?.name ?? 'program.wasm'];
  if (source === 'javascript') return [fileNames.javascript];
  return [fileNames[source], ...moreFiles.map(({ name }) => name)];
}

/** Name of the file that curl uploads: what the program is compiled to. */
function uploadedFile(draft: ProgramDraft, compiled: string): string {
  return draft.source === 'c' || draft.source === 'c++' ? compiled : programFiles(draft)[0];
}

/** The command that posts what the draft says. */
export function commandLine(draft: Draft): CommandLine {
  const out = ['--out', 'results.ndjson'];
  // A picture, stages and the rule on networks have no options of their own.
  if (draft.picture || draft.stages.length > 0 || draft.networks !== 'wait') {
    const words = ['manyhands', 'run', '--job', 'job.json', ...fileOptions(draft), ...out];
    return { command: join(words), jobFile: jobFile(draft) };
  }
  const words = [
    'manyhands',
    'run',
    ...programFiles(draft),
    ...inputOptions(draft),
    ...linesOf(draft.args).flatMap((arg) => [`--arg=${arg}`]),
    ...(draft.source !== 'javascript' && draft.stdin !== '' ? ['--stdin', draft.stdin] : []),
    ...linesOf(draft.env).flatMap((line) => ['--env', line]),
    ...textFileOptions(draft),
    ...fileOptions(draft),
    ...collectOptions(draft),
    ...option('--time', `${draft.limits.seconds}s`, '60s'),
    ...option('--memory', `${draft.limits.memoryMiB}MiB`, '256MiB'),
    ...option('--output-limit', `${draft.limits.outputKiB}KiB`, '1024KiB'),
    ...option('--replicas', draft.replicas, '2'),
    ...option('--quorum', draft.quorum, '2'),
    ...option('--attempts', draft.maxAttempts, '6'),
    ...option('--priority', draft.priority, '0'),
    ...option('--project', draft.project, ''),
    '--name',
    draft.name,
    ...out,
  ];
  return { command: join(words), jobFile: null };
}

function inputOptions({ inputs }: Draft): string[] {
  switch (inputs.kind) {
    case 'range': {
      const { from, to, step } = inputs.range;
      return ['--range', step === '1' ? `${from}..${to}` : `${from}..${to}..${step}`];
    }
    case 'grid':
      return inputs.axes.flatMap(({ name, mode, values, from, to, step }) => [
        '--grid',
        mode === 'steps'
          ? `${name}=${from}..${to}..${step}`
          : `${name}=${values.replace(/\s*,\s*/g, ',')}`,
      ]);
    case 'lines':
      return ['--lines', inputs.file?.name ?? '', ...option('--per-shard', inputs.perShard, '1')];
    case 'chunks':
      return ['--chunks', inputs.file?.name ?? '', '--chunk-bytes', `${inputs.chunkKiB}KiB`];
    case 'files':
      return ['--files', ...inputs.files.map(({ name }) => name)];
  }
}

function textFileOptions({ source, files }: Draft): string[] {
  if (source === 'javascript') return [];
  return files.flatMap(({ mode, path, content }) =>
    mode === 'text' ? ['--file', `${path}=${content}`] : [],
  );
}

function fileOptions({ source, files }: Draft): string[] {
  if (source === 'javascript') return [];
  return files.flatMap(({ mode, path, file }) =>
    mode === 'file' && file ? ['--file', `${path}=@${file.name}`] : [],
  );
}

function collectOptions({ source, collect }: Draft): string[] {
  const javascript = source === 'javascript';
  const names = (
    javascript ? (['value', 'stderr'] as const) : (['stdout', 'stderr', 'exitCode'] as const)
  ).filter((name) => collect[name]);
  const files = javascript ? [] : linesOf(collect.files);
  const usual = names.length === 1 && names[0] === (javascript ? 'value' : 'stdout');
  return [
    ...(usual && files.length === 0 ? [] : names.flatMap((name) => ['--collect', name])),
    ...files.flatMap((path) => ['--collect-file', path.trim()]),
  ];
}

function option(name: string, value: string, usual: string): string[] {
  return value === usual ? [] : [name, value];
}

/** The draft as a job file: its spec with files in the place of blobs. */
function jobFile(draft: Draft): string {
  const { program, inputs, files, stages, ...rest } = toSpec(draft, {
    program: '',
    stages: [],
    of: ({ name }) => name,
  });
  const given = files?.filter((file) => 'content' in file) ?? [];
  const spec = {
    ...rest,
    program: { kind: program.kind, file: programFiles(draft) },
    inputs:
      inputs.kind === 'files'
        ? { kind: inputs.kind, files: inputs.files.map(({ name }) => ({ file: name })) }
        : inputs,
    ...(given.length > 0 && { files: given }),
    ...(stages && {
      stages: stages.map((stage, at) => ({
        ...stage,
        // A job file has no names for these.
        files: (stage.files ?? []).map((file) =>
          'blob' in file ? { ...file, blob: placeholder(file.blob) } : file,
        ),
        program: { kind: stage.program.kind, file: programFiles(draft.stages[at]) },
      })),
    }),
  };
  return JSON.stringify(spec, null, 2);
}

/** The same job with nothing but curl: the blobs first, then the spec that names them. */
export function curlCommands(draft: Draft, origin: string): string {
  const program = uploadedFile(draft, 'program.wasm');
  const stages = draft.stages.map((stage, at) => uploadedFile(stage, `stage${at + 2}.wasm`));
  const uploads = [program, ...stages, ...draftFiles(draft).map(({ name }) => name)];
  const put = (name: string) =>
    `curl -H "$AUTH" --data-binary ${quote(`@${name}`)} ${origin}/v1/blobs`;
  const spec = toSpec(draft, {
    program: placeholder(program),
    stages: stages.map(placeholder),
    of: ({ name }) => placeholder(name),
  });
  return [
    'AUTH="Authorization: Bearer $MANYHANDS_TOKEN"',
    ...uploads.map(put),
    `curl -H "$AUTH" -H 'Content-Type: application/json' ${origin}/v1/jobs -d @- <<'JOB'`,
    JSON.stringify(spec, null, 2),
    'JOB',
  ].join('\n');
}

/** Stands for the id that the upload of a file answers with. */
function placeholder(name: string): string {
  return `<id of ${name}>`;
}

/** Words as one command that a POSIX shell takes apart again into the same words. */
function join(words: readonly string[]): string {
  return words.map(quote).join(' ');
}

function quote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
