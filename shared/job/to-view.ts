import type { BlobRef } from '../blob/ref.ts';
import { FEEDING_REFERRED_FROM_BYTES, REFERRED_FROM_BYTES } from './limits.ts';
import type { Collect, JobSpec, ProgramKind } from './spec.ts';
import type { InputIndex, JobView } from './view.ts';

/** What a job's coordinator knows beside its spec. */
export interface JobFacts {
  id: string;
  /** Name of the project, for contributors. */
  project: string;
  shards: number;
  programBytes: number;
  /** Of `lines` and `chunks`. */
  index?: InputIndex | null;
  /** Blobs of the job that are worth fetching from peers. */
  blobs?: readonly BlobRef[];
  /** Id of the stage before it. */
  previous?: string | null;
  /** Whether a later stage takes this one's outputs. */
  feedsStage?: boolean;
}

/** What is collected where the spec does not say: stdout of WASI, the value of JavaScript. */
export function defaultCollect(kind: ProgramKind): Collect {
  return kind === 'wasi' ? { stdout: true } : { value: true };
}

/** A job as nodes see it. */
export function toJobView(spec: JobSpec, facts: JobFacts): JobView {
  const view: JobView = {
    id: facts.id,
    name: spec.name,
    project: facts.project,
    shards: facts.shards,
    program: spec.program,
    programBytes: facts.programBytes,
    inputs: spec.inputs,
    args: spec.args,
    env: spec.env,
    files: spec.files,
    collect: spec.collect ?? defaultCollect(spec.program.kind),
    limits: spec.limits,
    blobs: [...(facts.blobs ?? [])],
    referredFromBytes: facts.feedsStage ? FEEDING_REFERRED_FROM_BYTES : REFERRED_FROM_BYTES,
  };
  if (facts.index) view.index = facts.index;
  if (facts.previous) view.previous = facts.previous;
  if (spec.stdin !== undefined) view.stdin = spec.stdin;
  return view;
}
