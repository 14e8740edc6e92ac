import { ManyhandsError } from '../../shared/errors.ts';
import type { ShardContent } from '../../shared/job/inputs.ts';
import type { JobView } from '../../shared/job/view.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import { decodeOutput, type Output } from '../../shared/verdict/output.ts';
import type { SandboxHost } from './host.ts';
import { PortRunner } from './port-runner.ts';
import type { Batch, BatchReport } from './runner.ts';
import { tooSlow } from './too-slow.ts';

/** One shard to try, with everything that it needs. */
export interface DryRun {
  job: JobView;
  program: Uint8Array<ArrayBuffer>;
  /** Blobs that `job.files` names, by id. */
  blobs: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  shard: number;
  /** The shard's own bytes, for file-backed inputs. */
  content: ShardContent | null;
}

/** How a dry run ended. */
export interface DryRunResult {
  /** As a node would report it; `timeLimit` where the program was stopped. */
  outcome: Outcome;
  /** What the job collects; empty unless the outcome is `ok`. */
  output: Output;
  /** Bytes of the output as it travels. */
  outputBytes: number;
  /** A sentence on what went wrong; empty when it went well. */
  message: string;
  /** The end of stderr. */
  stderr: string;
  /** Milliseconds that the shard itself took, without loading. */
  milliseconds: number;
}

/** Milliseconds beyond the time limit, for the report of a run that ended just within it. */
const GRACE_MS = 250;

/**
 * Runs one shard in a sandbox of this page, as a node would, and ends the sandbox.
 * @param slot of `host`, that no runner uses
 * @param signal stops the program at once; the promise then rejects with its reason
 * @throws ManyhandsError `PROGRAM_INVALID`, `SANDBOX_UNAVAILABLE`
 */
export async function dryRun(
  host: SandboxHost,
  slot: number,
  { job, program, blobs, shard, content }: DryRun,
  signal: AbortSignal,
): Promise<DryRunResult> {
  signal.throwIfAborted();
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(signal.reason);
  signal.addEventListener('abort', stop);
  // Without this a stop after the end would count as an error that nobody handles.
  stopped.promise.catch(() => {});
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<DryRunResult>();
  const runner = new PortRunner(host, slot, {
    onReady: ready.resolve,
    onReport(report) {
      try {
        ended.resolve(resultOf(report));
      } catch {
        // The program may have taken over its worker and sent bytes that are no output.
        ended.resolve(unfinished(Outcome.crashed, 'The sandbox sent no readable output.', 0));
      }
    },
    onCheckpoint() {},
    onDied(reason) {
      ready.reject(new ManyhandsError('SANDBOX_UNAVAILABLE', reason));
      ended.resolve(unfinished(Outcome.crashed, reason, performance.now() - began));
    },
  });
  let began = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await Promise.race([ready.promise, stopped.promise]);
    await Promise.race([runner.load(job, program, blobs), stopped.promise]);
    began = performance.now();
    const { timeMs } = job.limits;
    timer = setTimeout(
      () => ended.resolve(unfinished(Outcome.timeLimit, tooSlow(timeMs), timeMs)),
      timeMs + GRACE_MS,
    );
    runner.run(batchOf(job, shard, content));
    return await Promise.race([ended.promise, stopped.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    runner.dispose();
  }
}

function batchOf(job: JobView, shard: number, content: ShardContent | null): Batch {
  return {
    id: 0,
    jobId: job.id,
    first: shard,
    count: 1,
    content: content && {
      bytes: new Uint8Array(content.bytes),
      starts: Float64Array.of(0, content.bytes.length),
      offset: content.offset,
    },
    checkpoint: null,
    isolate: true,
    keepStderr: true,
  };
}

function resultOf({ statuses, outputs, details, computeMicros }: BatchReport): DryRunResult {
  return {
    outcome: statuses[0] as Outcome,
    output: decodeOutput(outputs),
    outputBytes: outputs.length,
    message: details[0]?.message ?? '',
    stderr: details[0]?.stderr ?? '',
    milliseconds: computeMicros / 1000,
  };
}

function unfinished(outcome: Outcome, message: string, milliseconds: number): DryRunResult {
  return { outcome, output: {}, outputBytes: 0, message, stderr: '', milliseconds };
}
