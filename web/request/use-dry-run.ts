import { useEffect, useRef, useState } from 'react';
import type { JobSpec } from '../../shared/job/spec.ts';
import { toJobView } from '../../shared/job/to-view.ts';
import { type DryRunResult, dryRun } from '../../worker/sandbox/dry-run.ts';
import { SandboxFrames } from '../../worker/sandbox/frames.ts';
import { request as text } from '../text/en/request.ts';
import { type Draft, draftFiles } from './draft.ts';
import { programBytes } from './post-job.ts';
import { readShardContent } from './shard-content.ts';
import { toSpec } from './to-spec.ts';
import type { CompilerControls } from './use-compiler.ts';
import type { FileIndexState } from './use-file-index.ts';

/** Where the trial of one shard stands. */
type DryRunState =
  | { stage: 'none' }
  | { stage: 'running'; shard: number }
  | { stage: 'ended'; shard: number; result: DryRunResult }
  | { stage: 'failed'; message: string };

/** All that a dry run is made of. */
export interface DryRunParts {
  draft: Draft;
  compile: CompilerControls['compile'];
  index: FileIndexState;
  /** Checked; null where the fields do not make one. */
  spec: JobSpec | null;
  shards: number | null;
}

export interface DryRunControls {
  state: DryRunState;
  run(shard: number): void;
  stop(): void;
}

/** Tries a shard of the draft in this browser's own sandbox. */
export function useDryRun(parts: DryRunParts): DryRunControls {
  const [state, setState] = useState<DryRunState>({ stage: 'none' });
  const abort = useRef<AbortController | null>(null);

  // A program that runs for ever must not outlive the page that tries it.
  useEffect(() => () => abort.current?.abort(), []);

  const run = async (shard: number) => {
    abort.current?.abort();
    const controller = new AbortController();
    const { signal } = controller;
    abort.current = controller;
    setState({ stage: 'running', shard });
    try {
      const result = await tryShard(parts, shard, signal);
      if (!signal.aborted) setState({ stage: 'ended', shard, result });
    } catch (thrown) {
      if (signal.aborted) return;
      setState({ stage: 'failed', message: thrown instanceof Error ? thrown.message : '' });
    }
  };

  return {
    state,
    run: (shard) => void run(shard),
    stop: () => {
      abort.current?.abort();
      setState({ stage: 'none' });
    },
  };
}

async function tryShard(
  { draft, compile, index, spec, shards }: DryRunParts,
  shard: number,
  signal: AbortSignal,
): Promise<DryRunResult> {
  // Compiling shows its own progress, and is not undone by a stop.
  const program = await programBytes(draft, compile);
  if (!spec || shards === null) throw new Error(text.errors.fixFirst);
  const content = await readShardContent(draft.inputs, index, shard);
  if (content === null) throw new Error(text.errors.fileUnreadable);
  const { named, blobs } = await localBlobs(draft, spec);
  const job = toJobView(named, {
    id: 'dry-run',
    project: '',
    shards,
    programBytes: program.length,
    index: index.stage === 'ready' ? { blob: PROGRAM, fileBytes: index.index.fileBytes } : null,
  });
  const frames = new SandboxFrames('/sandbox.html', document.body);
  try {
    const run = { job, program, blobs, shard, content: content ?? null };
    return await dryRun(frames, 0, run, signal);
  } finally {
    frames.dispose();
  }
}

/** Stands for the program's blob. */
const PROGRAM = '0'.repeat(64);

/** The given files under numbers instead of hashes, which nobody here needs. */
async function localBlobs(draft: Draft, spec: JobSpec) {
  const files = draftFiles(draft);
  const name = (file: File) => String(files.indexOf(file) + 1).padStart(64, '0');
  const blobs = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { mode, file } of draft.files)
    if (mode === 'file' && file) blobs.set(name(file), new Uint8Array(await file.arrayBuffer()));
  const named = toSpec(draft, { program: PROGRAM, of: name });
  return { named: { ...spec, files: named.files ?? [] }, blobs };
}
