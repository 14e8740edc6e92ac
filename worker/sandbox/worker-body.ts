import { ManyhandsError } from '../../shared/errors.ts';
import { inputFields, type ShardContent } from '../../shared/job/inputs.ts';
import type { JobView } from '../../shared/job/view.ts';
import { MAX_DETAIL_CHARS } from '../../shared/protocol/limits.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import type { Executor, Instance, RunResult, ShardRun } from '../executors/executor.ts';
import { failure } from '../executors/results.ts';
import type { FromSandbox, ToWorker } from './messages.ts';
import { ReportColumns } from './report-columns.ts';
import type { Batch } from './runner.ts';

/** Milliseconds of computing after which results go up: short enough to look continuous. */
const REPORT_MS = 20;
/** Bytes of outputs after which results go up whatever the time, so that they do not pile up here. */
const REPORT_BYTES = 1024 * 1024;
/** Milliseconds between checkpoints that are passed on; a program may write them without a pause. */
const CHECKPOINT_MS = 250;

type Send = (message: FromSandbox, transfer?: ArrayBuffer[]) => void;

/**
 * The worker's side of a sandbox, whatever carries its messages: loads one program, runs batches
 * one after the other, reports. It blocks while it computes.
 * @param send is called with what goes to the engine
 * @returns what to call with each message from the engine
 */
export function workerBody(executor: Executor, send: Send): (message: ToWorker) => void {
  let loaded: { job: JobView; instance: Instance } | null = null;
  let work: Promise<void> = Promise.resolve();

  const load = async (message: Extract<ToWorker, { type: 'load' }>) => {
    try {
      loaded = { job: message.job, instance: await executor.prepare(message) };
      send({ type: 'loaded' });
    } catch (thrown) {
      const code = thrown instanceof ManyhandsError ? thrown.code : 'PROGRAM_INVALID';
      send({ type: 'invalid', code, message: textOf(thrown).slice(0, MAX_DETAIL_CHARS) });
    }
  };

  return (message) => {
    work = work.then(async () => {
      if (message.type === 'load') await load(message);
      else if (loaded) await runBatch(loaded.job, loaded.instance, message.batch, send);
    });
  };
}

// Taken before a program runs, which may be given a clock of its own.
const now = performance.now.bind(performance);

async function runBatch(job: JobView, instance: Instance, batch: Batch, send: Send): Promise<void> {
  let columns = new ReportColumns(batch.keepStderr ?? false);
  let first = batch.first;
  let since = now();
  let checkpointAt = Number.NEGATIVE_INFINITY;

  for (let k = 0; k < batch.count; k++) {
    const shard = batch.first + k;
    const result = run(instance, {
      shard,
      fields: inputFields(job.inputs, shard, contentOf(batch, k)),
      checkpoint: k === 0 ? batch.checkpoint : null,
      onCheckpoint(bytes) {
        const at = now();
        if (at - checkpointAt < CHECKPOINT_MS) return;
        checkpointAt = at;
        send({ type: 'checkpoint', batch: batch.id, shard, bytes }, [bytes.buffer]);
      },
    });
    // Waiting for what is there already would cost more than a tiny shard does.
    columns.add(result instanceof Promise ? await result : result);

    const time = now();
    const due = time - since >= REPORT_MS || columns.outputBytes >= REPORT_BYTES;
    if (!due && !batch.isolate && k < batch.count - 1) continue;
    const report = columns.report(batch.id, first, Math.round((time - since) * 1000));
    const { statuses, lengths, outputs } = report;
    send({ type: 'report', ...report }, [statuses.buffer, lengths.buffer, outputs.buffer]);
    columns = new ReportColumns(batch.keepStderr ?? false);
    first = shard + 1;
    since = now();
  }
}

/** An executor's own failure is not the program's: it counts as a breakdown of the sandbox. */
function run(instance: Instance, shard: ShardRun): RunResult | Promise<RunResult> {
  try {
    const result = instance.run(shard);
    return result instanceof Promise ? result.catch(brokenDown) : result;
  } catch (thrown) {
    return brokenDown(thrown);
  }
}

function brokenDown(thrown: unknown): RunResult {
  return failure(Outcome.crashed, `The sandbox failed: ${textOf(thrown)}`, '');
}

function contentOf({ content }: Batch, k: number): ShardContent | undefined {
  if (!content) return undefined;
  const { bytes, starts, offset } = content;
  return { bytes: bytes.subarray(starts[k], starts[k + 1]), offset: offset + starts[k] };
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
