import type { PlannedStage } from '../../shared/job/plan-stages.ts';
import type { JobSpec } from '../../shared/job/spec.ts';
import { toJobView } from '../../shared/job/to-view.ts';
import type { Output } from '../../shared/verdict/output.ts';
import { type DryRun, type DryRunResult, dryRun } from '../../worker/sandbox/dry-run.ts';
import { SandboxFrames } from '../../worker/sandbox/frames.ts';
import { request as text } from '../text/en/request.ts';
import { type Draft, draftFiles, givenFiles, type WorkDraft } from './draft.ts';
import { handedOn } from './handed-on.ts';
import { programBytes } from './post-job.ts';
import { readShardContent } from './shard-content.ts';
import { NO_BLOBS, toSpec } from './to-spec.ts';
import type { CompileOf } from './use-compiler.ts';
import type { FileIndexState } from './use-file-index.ts';

/** All that a trial is made of. */
export interface TrialParts {
  draft: Draft;
  compileOf: CompileOf;
  index: FileIndexState;
  /** Checked; null where the fields do not make one. */
  spec: JobSpec | null;
  shards: number | null;
  /** The jobs that the further stages become; null where that is not known. */
  stages: readonly PlannedStage[] | null;
}

/** Runs a shard of the first stage in this browser's own sandbox. */
export async function tryShard(
  { draft, compileOf, index, spec, shards }: TrialParts,
  shard: number,
  signal: AbortSignal,
): Promise<DryRunResult> {
  // Compiling shows its own progress, and is not undone by a stop.
  const program = await programBytes(draft, null, compileOf);
  if (!spec || shards === null) throw new Error(text.errors.fixFirst);
  const content = await readShardContent(draft.inputs, index, shard);
  if (content === null) throw new Error(text.errors.fileUnreadable);
  const { named, blobs } = await localBlobs(draft, draft);
  const job = toJobView(
    { ...spec, files: named.files ?? [] },
    {
      id: 'dry-run',
      project: '',
      shards,
      programBytes: program.length,
      index:
        index.stage === 'ready'
          ? { blob: NO_BLOBS.program, fileBytes: index.index.fileBytes }
          : null,
    },
  );
  return runHere({ job, program, blobs, shard, content: content ?? null }, signal);
}

/** What a further stage was tried on. */
export interface NextTrial {
  shard: number;
  result: DryRunResult;
}

/**
 * Runs a further stage on what one shard of the stage before gave.
 * @param at its place among the further stages
 */
export async function tryNext(
  { draft, compileOf, stages }: TrialParts,
  at: number,
  before: Output,
  signal: AbortSignal,
): Promise<NextTrial> {
  const stage = draft.stages[at];
  const program = await programBytes(stage, at, compileOf);
  const planned = stages?.find(({ stated }) => stated === at);
  if (!planned) throw new Error(text.errors.fixFirst);
  const { shard, bytes } = handedOn(before, planned.take);
  const { named, blobs } = await localBlobs(draft, stage);
  const files = named.stages?.[at].files;
  const job = toJobView(
    { ...planned.spec, files: files ?? [] },
    { id: 'dry-run', project: '', shards: planned.shards, programBytes: program.length },
  );
  const content = { bytes, offset: 0 };
  return { shard, result: await runHere({ job, program, blobs, shard, content }, signal) };
}

async function runHere(run: DryRun, signal: AbortSignal): Promise<DryRunResult> {
  const frames = new SandboxFrames('/sandbox.html', document.body);
  try {
    return await dryRun(frames, 0, run, signal);
  } finally {
    frames.dispose();
  }
}

/** The given files of one program under numbers instead of hashes, which nobody here needs. */
async function localBlobs(draft: Draft, work: WorkDraft) {
  const all = draftFiles(draft);
  const name = (file: File) => String(all.indexOf(file) + 1).padStart(64, '0');
  const blobs = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of givenFiles(work))
    blobs.set(name(file), new Uint8Array(await file.arrayBuffer()));
  return { named: toSpec(draft, { ...NO_BLOBS, of: name }), blobs };
}
