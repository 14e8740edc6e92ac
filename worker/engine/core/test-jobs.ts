import { REFERRED_FROM_BYTES } from '../../../shared/job/limits.ts';
import type { JobView } from '../../../shared/job/view.ts';

/** A job with inputs of its own; whatever a test needs otherwise goes into `over`. */
export function exampleJob(id: string, over: Partial<JobView> = {}): JobView {
  return {
    id,
    name: `Job ${id}`,
    project: 'Tests',
    shards: 1_000_000,
    program: { kind: 'wasi', blob: 'a'.repeat(64) },
    programBytes: 1000,
    inputs: { kind: 'range', from: 0, to: 999_999, step: 1 },
    args: [],
    env: {},
    files: [],
    blobs: [],
    referredFromBytes: REFERRED_FROM_BYTES,
    collect: { stdout: true },
    limits: { timeMs: 10_000, memoryMiB: 64, outputBytes: 1024 },
    ...over,
  };
}
