import * as z from 'zod/mini';
import {
  MAX_ARGUMENTS,
  MAX_GRID_AXES,
  MAX_GROUPS,
  MAX_INPUT_FILES,
  MAX_MEMORY_MIB,
  MAX_OUTPUT_BYTES,
  MAX_REPLICAS,
  MAX_STAGES,
  MAX_TEMPLATE_CHARS,
  MAX_TIME_MS,
} from './limits.ts';

/** A blob's name: the SHA-256 of its bytes, 64 lower-case hexadecimal characters. */
export const BlobId = z
  .string()
  .check(z.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal'));
export type BlobId = z.infer<typeof BlobId>;

/** Name of a template field, a grid axis, an environment variable. */
const FieldName = z
  .string()
  .check(z.regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'must be a plain name'));

const SafeInt = z.int();
const Template = z.string().check(z.maxLength(MAX_TEMPLATE_CHARS));

/** An absolute path in the program's in-memory file system. */
const FilePath = z
  .string()
  .check(
    z.maxLength(512),
    z.regex(/^\/(?!.*(^|\/)\.\.?(\/|$))[^\0]+$/, 'must be an absolute path'),
  );

/** What runs: a WASI preview 1 module, or JavaScript source that evaluates to one function. */
export const Program = z.strictObject({
  kind: z.enum(['wasi', 'javascript']),
  blob: BlobId,
});
export type Program = z.infer<typeof Program>;
export type ProgramKind = Program['kind'];

const RangeInputs = z.strictObject({
  kind: z.literal('range'),
  /** First value. */
  from: SafeInt,
  /** Last value, inclusive. */
  to: SafeInt,
  step: z._default(SafeInt.check(z.positive()), 1),
});

const Axis = z.union([
  z.strictObject({
    name: FieldName,
    values: z
      .array(z.union([z.number(), z.string().check(z.maxLength(1024))]))
      .check(z.minLength(1), z.maxLength(65_536)),
  }),
  z.strictObject({
    name: FieldName,
    from: z.number(),
    to: z.number(),
    step: z.number().check(z.positive()),
  }),
]);
export type Axis = z.infer<typeof Axis>;

const GridInputs = z.strictObject({
  kind: z.literal('grid'),
  /** The last axis varies fastest. */
  axes: z.array(Axis).check(z.minLength(1), z.maxLength(MAX_GRID_AXES)),
});

const LinesInputs = z.strictObject({
  kind: z.literal('lines'),
  file: BlobId,
  /** Lines that make one shard. */
  perShard: z._default(z.int().check(z.positive(), z.maximum(1_000_000)), 1),
});

const FilesInputs = z.strictObject({
  kind: z.literal('files'),
  files: z
    .array(
      z.strictObject({ name: z.string().check(z.minLength(1), z.maxLength(255)), blob: BlobId }),
    )
    .check(z.minLength(1), z.maxLength(MAX_INPUT_FILES)),
});

const ChunksInputs = z.strictObject({
  kind: z.literal('chunks'),
  file: BlobId,
  /** Bytes of a chunk at most; cut at the last line end within, or in mid-line where there is none. */
  bytes: z.int().check(z.minimum(1024), z.maximum(64 * 1024 * 1024)),
});

/**
 * Each shard's content is some blobs, one after the other: what a stage takes from the stage before
 * it. Made by the coordinator when that stage has ended; requesters state `stages`.
 */
const PartsInputs = z.strictObject({
  kind: z.literal('parts'),
  shards: z.int().check(z.positive()),
});

/** A job's inputs: a rule that yields shard k's input, never a list of shards. */
export const Inputs = z.discriminatedUnion('kind', [
  RangeInputs,
  GridInputs,
  LinesInputs,
  FilesInputs,
  ChunksInputs,
  PartsInputs,
]);
export type Inputs = z.infer<typeof Inputs>;
/** Inputs that a requester states. */
export type StatedInputs = Exclude<Inputs, { kind: 'parts' }>;

/** A file given to the program before it starts: text by template, or a blob's bytes. */
export const GivenFile = z.union([
  z.strictObject({ path: FilePath, content: Template }),
  z.strictObject({ path: FilePath, blob: BlobId }),
]);
export type GivenFile = z.infer<typeof GivenFile>;

/** Which parts of a run make its output. What is not collected is not compared. */
export const Collect = z.strictObject({
  stdout: z.optional(z.boolean()),
  stderr: z.optional(z.boolean()),
  /** Collecting the exit code makes a non-zero one an answer instead of a failure. */
  exitCode: z.optional(z.boolean()),
  /** The function's return value, as JSON (javascript only). */
  value: z.optional(z.boolean()),
  files: z.optional(z.array(FilePath).check(z.maxLength(MAX_GROUPS))),
});
export type Collect = z.infer<typeof Collect>;

/** Bounds on one run of one shard. */
export const Limits = z.strictObject({
  timeMs: z._default(z.int().check(z.minimum(10), z.maximum(MAX_TIME_MS)), 60_000),
  memoryMiB: z._default(z.int().check(z.minimum(1), z.maximum(MAX_MEMORY_MIB)), 256),
  outputBytes: z._default(z.int().check(z.minimum(0), z.maximum(MAX_OUTPUT_BYTES)), 1024 * 1024),
});
export type Limits = z.infer<typeof Limits>;

/** How answers come to be believed. One member a policy. */
export const Replication = z.discriminatedUnion('policy', [
  z.strictObject({
    policy: z.literal('quorum'),
    /** Replicas leased at first. */
    replicas: z._default(z.int().check(z.minimum(1), z.maximum(MAX_REPLICAS)), 2),
    /** Equal answers that make a verdict. */
    quorum: z._default(z.int().check(z.minimum(1), z.maximum(MAX_REPLICAS)), 2),
    /** Runs of one shard, of whatever outcome, after which it is given up. */
    maxAttempts: z._default(z.int().check(z.minimum(1), z.maximum(MAX_REPLICAS)), 6),
  }),
]);
export type Replication = z.infer<typeof Replication>;

/** A picture that the job's outputs are tiles of, for the page to put together. */
export const Picture = z.strictObject({
  /** Size of the whole picture in pixels. */
  width: z.int().check(z.positive(), z.maximum(16_384)),
  height: z.int().check(z.positive(), z.maximum(16_384)),
  /** Size of a tile; tiles are numbered row by row from the top left, one a shard. */
  tileWidth: z.int().check(z.positive()),
  tileHeight: z.int().check(z.positive()),
  /** Raw RGB bytes, or a complete PNG or binary PPM (P6), on stdout. */
  format: z.enum(['rgb', 'png', 'ppm']),
});
export type Picture = z.infer<typeof Picture>;

/** What a stage's shards are given of the stage before. */
const Take = z.discriminatedUnion('kind', [
  /**
   * Outputs grouped by key: the shards before write one file a group, named in their
   * `collect.files`. Shard g is given file g of every one of them.
   */
  z.strictObject({ kind: z.literal('groups') }),
  /**
   * A tree: each shard is given the outputs of `arity` shards before it, level after level until one
   * shard is left. The stage before, and this one, collect exactly one field.
   */
  z.strictObject({
    kind: z.literal('tree'),
    arity: z._default(z.int().check(z.minimum(2), z.maximum(64)), 8),
  }),
]);
export type Take = z.infer<typeof Take>;

/** What is run, of a job and of each of its stages. */
const RUN = {
  program: Program,
  args: z._default(z.array(Template).check(z.maxLength(MAX_ARGUMENTS)), []),
  env: z._default(z.record(FieldName, Template), {}),
  stdin: z.optional(Template),
  files: z._default(z.array(GivenFile).check(z.maxLength(64)), []),
  /** Left out: stdout for wasi, the return value for javascript. */
  collect: z.optional(Collect),
  limits: z.prefault(Limits, {}),
  replication: z.prefault(Replication, { policy: 'quorum' }),
};

/** A further stage of a job: a program over the outputs of the stage before. */
export const Stage = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  take: Take,
  ...RUN,
});
export type Stage = z.infer<typeof Stage>;

/** What a requester posts. */
export const JobSpec = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  project: z.optional(z.string().check(z.maxLength(64))),
  inputs: Inputs,
  ...RUN,
  /** Replicas of a shard on distinct networks: insist and wait, or relax where the crowd is too small. */
  networks: z._default(z.enum(['wait', 'relax']), 'wait'),
  /** Milliseconds since 1970 after which nothing more is leased. */
  deadline: z.optional(z.int().check(z.positive())),
  /** Among one requester's jobs, the higher first. */
  priority: z._default(z.int().check(z.minimum(-10), z.maximum(10)), 0),
  picture: z.optional(Picture),
  /** What is done with the outputs, in order; each stage begins when the one before is done. */
  stages: z._default(z.array(Stage).check(z.maxLength(MAX_STAGES)), []),
});
/** A complete job spec, defaults filled in. */
export type JobSpec = z.infer<typeof JobSpec>;
/** A job spec as a requester writes it, defaults left out. */
export type JobSpecInput = z.input<typeof JobSpec>;
