import { ManyhandsError } from '../../shared/errors.ts';
import { countShards, type FileFacts, fieldNames } from '../../shared/job/inputs.ts';
import { type PlannedStage, planStages } from '../../shared/job/plan-stages.ts';
import { Inputs, JobSpec, type JobSpecInput } from '../../shared/job/spec.ts';
import { parseTemplate } from '../../shared/job/template.ts';
import { request as text } from '../text/en/request.ts';
import type { Draft, WorkDraft } from './draft.ts';
import { issuePlaces } from './issue-places.ts';
import { NO_BLOBS, toSpec } from './to-spec.ts';

/** What is wrong with each field, by its path in the job spec; the first thing for each. */
export type FieldErrors = ReadonlyMap<string, string>;

export interface CheckedDraft {
  /** With stand-ins for blobs; null where the fields do not make a spec. */
  spec: JobSpec | null;
  /** Null where it cannot be told (yet). */
  shards: number | null;
  /** The jobs that the further stages become; null where that cannot be told (yet). */
  stages: readonly PlannedStage[] | null;
  errors: FieldErrors;
}

/**
 * Checks all fields of a draft at once, as the coordinator will when the job is posted.
 * @param facts of the input file, where there is one and it has been read
 * @param now milliseconds since 1970
 */
export function checkDraft(draft: Draft, facts: FileFacts | null, now: number): CheckedDraft {
  const errors = new Map<string, string>();
  const note = (path: string, message: string) => {
    if (!errors.has(path)) errors.set(path, message);
  };
  for (const [path, message] of missing(draft)) note(path, message);
  // A job without a name can be tried all the same.
  const given = { ...toSpec(draft, NO_BLOBS), name: draft.name.trim() || UNNAMED };
  const parsed = JobSpec.safeParse(given);
  if (!parsed.success) {
    for (const { path, message } of issuePlaces(parsed.error.issues)) note(path, message);
  }
  checkWork(given, note);
  if (given.deadline !== undefined && given.deadline <= now)
    note('deadline', text.errors.deadlinePast);
  for (const [at, stage] of (given.stages ?? []).entries()) {
    const within = noteWithin(`stages.${at}`, note);
    checkWork(stage, within);
    checkTemplates(stage, STAGE_FIELDS, within);
  }
  const inputs = Inputs.safeParse(given.inputs);
  if (!inputs.success) return { spec: null, shards: null, stages: null, errors };
  // One wrong field must not keep the others from being checked.
  checkTemplates(given, fieldNames(inputs.data), note);
  const shards = count(inputs.data, facts, note);
  if (shards !== null && parsed.success) checkPicture(parsed.data, shards, note);
  const stages = parsed.success ? plan(parsed.data, shards, note) : null;
  return { spec: parsed.success ? parsed.data : null, shards, stages, errors };
}

const UNNAMED = '?';

/** What the templates of a stage are given. */
const STAGE_FIELDS = fieldNames({ kind: 'parts', shards: 1 });

type Note = (path: string, message: string) => void;

function noteWithin(above: string, note: Note): Note {
  return (path, message) => note(`${above}.${path}`, message);
}

type Missing = Generator<[path: string, message: string]>;

function* missing(draft: Draft): Missing {
  const { inputs } = draft;
  yield* missingWork(draft);
  const sliced = inputs.kind === 'lines' || inputs.kind === 'chunks';
  if (sliced && !inputs.file) yield ['inputs.file', text.errors.noInputFile];
  if (inputs.kind === 'files' && inputs.files.length === 0)
    yield ['inputs.files', text.errors.noInputFiles];
  for (const [at, stage] of draft.stages.entries())
    for (const [path, message] of missingWork(stage)) yield [`stages.${at}.${path}`, message];
}

function* missingWork({ name, source, wasm, code, files }: WorkDraft): Missing {
  if (name.trim() === '') yield ['name', text.issues.missing];
  if (source === 'wasm' ? wasm === null : code[source].trim() === '')
    yield ['program', text.errors.noProgram];
  if (source === 'javascript') return;
  for (const [at, file] of files.entries())
    if (file.mode === 'file' && !file.file) yield [`files.${at}.content`, text.errors.noGivenFile];
}

/** What the spec of a job and of a stage say alike. */
type WorkInput = Omit<NonNullable<JobSpecInput['stages']>[number], 'take'>;

function checkTemplates(
  { args = [], env = {}, stdin, files = [] }: WorkInput,
  names: readonly string[],
  note: Note,
): void {
  const check = (path: string, template: string) =>
    guard(path, note, () => parseTemplate(template, names));
  for (const [at, arg] of args.entries()) check(`args.${at}`, arg);
  for (const [name, value] of Object.entries(env)) check(`env.${name}`, value);
  if (stdin !== undefined) check('stdin', stdin);
  for (const [at, file] of files.entries())
    if ('content' in file) check(`files.${at}.content`, file.content);
}

function checkWork({ replication, collect, files = [] }: WorkInput, note: Note): void {
  const { replicas = 0, quorum = 0, maxAttempts = 0 } = replication ?? {};
  if (quorum > replicas) note('replication.quorum', text.errors.quorumAboveReplicas);
  if (replicas > maxAttempts) note('replication.maxAttempts', text.errors.tooFewAttempts);
  if (!Object.values(collect ?? {}).some(Boolean)) note('collect', text.errors.nothingCollected);
  const paths = files.map(({ path }) => path);
  for (const [at, path] of paths.entries()) {
    if (path === '/checkpoint') note(`files.${at}.path`, text.errors.checkpointPath);
    if (paths.indexOf(path) < at) note(`files.${at}.path`, text.errors.samePath);
  }
}

function count(inputs: Inputs, facts: FileFacts | null, note: Note): number | null {
  if ((inputs.kind === 'lines' || inputs.kind === 'chunks') && !facts) return null;
  return guard(`inputs.${inputs.kind === 'grid' ? 'axes' : 'to'}`, note, () =>
    countShards(inputs, facts ?? undefined),
  );
}

/** The stages as the coordinator will plan them; before the shards are known, for one. */
function plan(spec: JobSpec, shards: number | null, note: Note): readonly PlannedStage[] | null {
  try {
    const stages = planStages(spec, shards ?? 1);
    return shards === null ? null : stages;
  } catch (thrown) {
    if (!(thrown instanceof ManyhandsError)) throw thrown;
    note(String(thrown.facts.path ?? 'stages'), thrown.message);
    return null;
  }
}

function checkPicture({ picture, collect }: JobSpec, shards: number, note: Note): void {
  if (!picture) return;
  const { width, height, tileWidth, tileHeight } = picture;
  const tiles = Math.ceil(width / tileWidth) * Math.ceil(height / tileHeight);
  if (tiles !== shards) note('picture', text.errors.tiles(tiles, shards));
  if (!collect?.stdout) note('collect', text.errors.pictureNeedsStdout);
}

/** Runs a check; what it throws is noted at the field. */
function guard<T>(path: string, note: Note, check: () => T): T | null {
  try {
    return check();
  } catch (thrown) {
    if (!(thrown instanceof ManyhandsError)) throw thrown;
    const { line, column } = thrown.facts;
    const place = line === undefined ? '' : ` ${text.errors.place(Number(line), Number(column))}`;
    note(path, thrown.message + place);
    return null;
  }
}
