import * as z from 'zod/mini';
import { BlobId, JobSpec } from '../job/spec.ts';

/**
 * The bodies of the requesters' HTTP API, one schema a noun. The coordinator checks and documents
 * itself with them, the client library and the pages take their types from them.
 */

const Count = z.int().check(z.nonnegative());
const Time = z.int();

export const ErrorResponse = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    facts: z.optional(
      z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    ),
  }),
});

export const Project = z.object({
  id: z.string(),
  name: z.string(),
  /** Purpose in plain words, for contributors. */
  purpose: z.string(),
});
export type Project = z.infer<typeof Project>;

/** `POST /v1/projects`. */
export const ProjectInput = z.strictObject({
  id: z
    .string()
    .check(z.regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and hyphens')),
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  purpose: z.string().check(z.maxLength(2000)),
});

/** `GET /v1/status`: public, for anybody who opens a page. */
export const NetworkStatus = z.object({
  version: z.string(),
  /** Nodes connected now. */
  nodes: Count,
  /** Threads that they offer now. */
  threads: Count,
  /** Verdicts a second over the last minute. */
  verdictsPerSecond: z.number(),
  projects: z.array(z.extend(Project, { activeJobs: Count })),
  /** Bytes of programs and data, since the coordinator's start. */
  data: z.object({
    /** Sent by the coordinator, to whomever. */
    coordinatorBytes: Count,
    /** Sent from browser to browser, as the nodes say. */
    peerBytes: Count,
    /** Share (0..1) of all of them that the coordinator did not have to send; null while there are none. */
    savedShare: z.nullable(z.number()),
    /** Nodes that exchange data with others now. */
    members: Count,
  }),
});
export type NetworkStatus = z.infer<typeof NetworkStatus>;

/** `PUT /v1/blobs/:id` and `POST /v1/blobs`. */
export const BlobInfo = z.object({ id: BlobId, bytes: Count });
export type BlobInfo = z.infer<typeof BlobInfo>;

export const JobState = z.enum(['waiting', 'running', 'done', 'cancelled', 'expired']);
export type JobState = z.infer<typeof JobState>;

/** Shards of a job by state; they add up to its shards. */
export const ShardCounts = z.object({
  /** Nobody has been asked yet. */
  waiting: Count,
  /** Leased, or computed and waiting for enough answers. */
  active: Count,
  /** Verdict reached, program succeeded. */
  done: Count,
  /** Verdict or given up: the program failed, or attempts ran out. */
  failed: Count,
});
export type ShardCounts = z.infer<typeof ShardCounts>;

/** One stage of a job, among all of them. */
export const StageSummary = z.object({
  /** Of its job. */
  id: z.string(),
  /** From 1. */
  number: Count,
  name: z.string(),
  state: JobState,
  shards: Count,
  done: Count,
  failed: Count,
  /** Why it has not begun, as a code and for a person. */
  waits: z.nullable(z.object({ code: z.string(), message: z.string() })),
});
export type StageSummary = z.infer<typeof StageSummary>;

export const Job = z.object({
  id: z.string(),
  spec: JobSpec,
  state: JobState,
  shards: Count,
  counts: ShardCounts,
  createdAt: Time,
  /** When it ended, in whatever way. */
  endedAt: z.nullable(Time),
  /** Verdicts a second over the last seconds. */
  rate: z.number(),
  /** Milliseconds left at this rate; null where nothing can be said. */
  remainingMs: z.nullable(z.number()),
  /** Nodes that hold leases of it now. */
  nodes: Count,
  /** Computing time behind the accepted replicas so far, in milliseconds. */
  computeMs: z.number(),
  /** Why nothing happens, if nothing does. */
  stalled: z.nullable(
    z.enum(['no-nodes', 'no-nodes-for-kind', 'needs-more-nodes', 'needs-more-networks']),
  ),
  /**
   * The place of a job in stages: each stage is a job of its own, and what was posted is the first.
   * Null for a job without stages.
   */
  stage: z.nullable(
    z.object({
      /** Id of the first stage's job. */
      first: z.string(),
      /** From 1. */
      number: Count,
      of: Count,
      name: z.string(),
      previous: z.nullable(z.string()),
      next: z.nullable(z.string()),
      /** All stages in order, this one too. */
      all: z.array(StageSummary),
    }),
  ),
});
export type Job = z.infer<typeof Job>;

/** `POST /v1/jobs` takes a JobSpec and answers with a Job. */
export const JobList = z.object({ jobs: z.array(Job) });

/** `POST /v1/jobs/:id/retry`: failed shards are tried again; all of them where none are named. */
export const RetryRequest = z.strictObject({
  shards: z.optional(z.array(Count).check(z.maxLength(100_000))),
});
export const RetryResponse = z.object({ retried: Count });

/**
 * Bytes that are a blob of their own, because they are many: `GET /v1/blobs/:id` has them, and
 * fetches them from the nodes that computed them where it has to.
 */
export const BlobContent = z.object({
  blob: BlobId,
  bytes: Count,
  /** SHA-256 of its manifest, for who fetches it from nodes chunk by chunk. */
  manifest: BlobId,
});
export type BlobContent = z.infer<typeof BlobContent>;

/** Bytes in JSON: text where they are UTF-8, else base64; a reference where they are large. */
export const Content = z.union([
  z.object({ text: z.string() }),
  z.object({ base64: z.string() }),
  BlobContent,
]);
export type Content = z.infer<typeof Content>;

/** One verdict: a line of `GET /v1/jobs/:id/results` (NDJSON). */
export const ResultRow = z.object({
  shard: Count,
  /** Continue after this row with `?after=`. */
  cursor: z.string(),
  /** The shard's input fields (not contents of files). */
  input: z.record(z.string(), z.union([z.string(), z.number()])),
  status: z.enum(['ok', 'failed']),
  stdout: z.optional(Content),
  stderr: z.optional(Content),
  exitCode: z.optional(z.int()),
  /** The function's return value. */
  value: z.optional(z.json()),
  /** In place of `value` where it is large: its JSON text. */
  valueContent: z.optional(BlobContent),
  files: z.optional(z.array(z.object({ path: z.string(), content: Content }))),
  /** Present where status is failed. */
  failure: z.optional(z.object({ outcome: z.string(), message: z.string(), stderr: z.string() })),
  /** Probability, by the policy's own reckoning, that the verdict is right; 0 for given-up shards. */
  confidence: z.number(),
  /** Replicas that agreed. */
  agreed: Count,
});
export type ResultRow = z.infer<typeof ResultRow>;

/** `GET /v1/jobs/:id/mosaic?cells=`: equal ranges of shards, in order, each with its counts. */
export const Mosaic = z.object({
  /** Shards of a cell; the last may have fewer. */
  perCell: Count,
  cells: z.array(z.tuple([Count, Count, Count, Count])),
});
/** Each cell is waiting, active, done, failed. */
export type Mosaic = z.infer<typeof Mosaic>;

/** `GET /v1/jobs/:id/shards/:shard`: how one verdict came about. */
export const ShardDetail = z.object({
  shard: Count,
  state: z.enum(['waiting', 'active', 'done', 'failed']),
  replicas: z.array(
    z.object({
      /** Node id: its public key. */
      node: z.string(),
      outcome: z.string(),
      digest: z.string(),
      /** Null while there is no verdict. */
      agreed: z.nullable(z.boolean()),
      at: Time,
      message: z.string(),
      stderr: z.string(),
      /** The submission's signature, in hexadecimal. */
      signature: z.string(),
    }),
  ),
});
export type ShardDetail = z.infer<typeof ShardDetail>;

/** One shard of `GET /v1/jobs/:id/failures`, which failed or was given up. */
export const Failure = z.object({
  shard: Count,
  /** Continue after this failure with `?after=`. */
  cursor: z.string(),
  outcome: z.string(),
  message: z.string(),
  stderr: z.string(),
});
export type Failure = z.infer<typeof Failure>;

/** `GET /v1/jobs/:id/failures?after=&limit=`; a shard that failed again after a retry is there again. */
export const FailurePage = z.object({
  failures: z.array(Failure),
  /** For `?after=` of the next page; null at the end. A page can be empty and still have a next one. */
  next: z.nullable(z.string()),
});
export type FailurePage = z.infer<typeof FailurePage>;

/**
 * `POST /v1/jobs/:id/download-key`: lets a plain link read this job's results for a while, as
 * `results.zip?key=`, where no Authorization header can be set.
 */
export const DownloadKey = z.object({ key: z.string(), expiresAt: Time });
export type DownloadKey = z.infer<typeof DownloadKey>;

/**
 * `POST /v1/jobs/:id/swarm-pass`: lets a page seek this job's large outputs among the nodes that
 * hold them. In base64.
 */
export const SwarmPass = z.object({ pass: z.string(), expiresAt: Time });
export type SwarmPass = z.infer<typeof SwarmPass>;

/** Server-sent events of `GET /v1/jobs/:id/events`: `progress` carries a Job, `end` its last. */
export const EventName = z.enum(['progress', 'end']);
export type EventName = z.infer<typeof EventName>;

/** `GET /v1/me`. */
export const Requester = z.object({ id: z.string(), name: z.string(), admin: z.boolean() });
export type Requester = z.infer<typeof Requester>;

/** `POST /v1/requesters` (administrator): a new requester with its token, shown once. */
export const RequesterInput = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(200)),
});
export const RequesterCreated = z.object({ id: z.string(), name: z.string(), token: z.string() });
export type RequesterCreated = z.infer<typeof RequesterCreated>;
