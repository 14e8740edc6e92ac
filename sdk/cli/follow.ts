import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Job } from '../../shared/api/schemas.ts';
import { isEnded, resultsJob, stageNow, standstill } from '../../shared/api/whole.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import type { Context } from './context.ts';
import { Exit } from './exit.ts';
import { type OutputFormat, RowWriter } from './output.ts';
import { duration, progressLine, StatusLine } from './progress.ts';

/** How often progress is asked for: often enough to look alive, seldom enough to cost nothing. */
const PROGRESS_MS = 500;

export interface FollowOptions {
  /** File for the results; standard output where left out. */
  out: string | undefined;
  format: OutputFormat;
  /** Go on after this row, at the end of the file. */
  after: string | undefined;
  /** Id of the stage whose results they are; the last one's where left out. */
  stage?: string;
  /** Wait for the job to end; otherwise take what there is now. */
  wait: boolean;
}

/**
 * Writes a job's results, with a progress line, as they come (NDJSON) or at the end (CSV, zip). Of a
 * job in stages those of the last one; where a stage waits for its requester, it says so and ends.
 * Interrupted, the job goes on and the way back to it is printed.
 * @returns the exit code.
 */
export async function follow(
  context: Context,
  id: string,
  options: FollowOptions,
): Promise<number> {
  const status = new StatusLine(context.quiet || context.json);
  const watching = new AbortController();
  const stuck = new AbortController();
  const progress = watch(context, id, status, { signal: watching.signal, stuck });
  const target = options.stage ?? resultsJob(await context.client.job(id));
  let rows = 0;
  try {
    const signal = AbortSignal.any([context.signal, stuck.signal]);
    rows = await collect({ ...context, signal }, target, options);
  } catch (error) {
    watching.abort();
    if (context.signal.aborted) {
      status.end(interruptedText(id, options));
      return Exit.interrupted;
    }
    if (!stuck.signal.aborted) throw error;
    status.end(
      `${stuck.signal.reason}\n  try again:  manyhands retry ${id}\n  cancel:     manyhands cancel ${id}`,
    );
    return Exit.shardsFailed;
  } finally {
    watching.abort();
    await progress;
  }
  const job = options.wait ? await ended(context, target) : await context.client.job(target);
  status.end(`${progressLine(job)} · ${duration((job.endedAt ?? Date.now()) - job.createdAt)}`);
  if (context.json) {
    const target = options.out === undefined ? process.stderr : process.stdout;
    target.write(
      `${JSON.stringify({ job: job.id, state: job.state, counts: job.counts, rows, out: options.out ?? null })}\n`,
    );
  }
  if (!isEnded(job.state)) return Exit.ok;
  return job.state === 'done' && job.counts.failed === 0 ? Exit.ok : Exit.shardsFailed;
}

async function collect(
  context: Context,
  id: string,
  { out, format, after, wait }: FollowOptions,
): Promise<number> {
  let rows = 0;
  let missing = 0;
  if (format === 'ndjson') {
    const writer = new RowWriter(out, after !== undefined);
    try {
      for await (const row of context.client.results(id, {
        follow: wait,
        after,
        signal: context.signal,
        onMissing: () => missing++,
      })) {
        await writer.write(row);
        rows++;
      }
    } finally {
      await writer.close();
    }
    if (missing > 0) process.stderr.write(missingText(missing));
    return rows;
  }
  if (out === undefined)
    throw new ManyhandsError(
      'OUTPUT_NEEDS_FILE',
      `Results as ${format} need a file: add --out results.${format}.`,
    );
  const counted = { follow: wait, signal: context.signal, references: true };
  for await (const _ of context.client.results(id, counted)) rows++;
  const body = await context.client.download(id, format);
  if (body) await pipeline(Readable.fromWeb(body), createWriteStream(out));
  return rows;
}

/** The stream of results ends with the last verdict, a moment before the job's own record does. */
async function ended(context: Context, id: string): Promise<Job> {
  for (;;) {
    const job = await context.client.job(id);
    if (isEnded(job.state)) return job;
    await new Promise((resolve) => setTimeout(resolve, PROGRESS_MS / 5));
  }
}

async function watch(
  context: Context,
  id: string,
  status: StatusLine,
  { signal, stuck }: { signal: AbortSignal; stuck: AbortController },
): Promise<void> {
  while (!signal.aborted) {
    // Progress is a courtesy: that the coordinator is away is told by the results, which insist.
    const job = await currentJob(context, id, signal).catch(() => null);
    if (job && !signal.aborted) status.show(progressLine(job));
    const waits = job && standstill(job);
    if (waits) stuck.abort(waits.message);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PROGRESS_MS);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** The job, or that of the stage at which it is. */
async function currentJob(context: Context, id: string, signal: AbortSignal): Promise<Job> {
  const job = await context.client.job(id, signal);
  const now = job.stage?.first === id ? stageNow(job) : null;
  return now && now.id !== id ? context.client.job(now.id, signal) : job;
}

function missingText(rows: number): string {
  return `${rows} ${rows === 1 ? 'result refers' : 'results refer'} to outputs whose nodes are away just now ("blob" in place of the text). Write the results again later: they are fetched when a node comes back, or computed anew.\n`;
}

function interruptedText(id: string, { out }: FollowOptions): string {
  const file = out === undefined ? '' : ` --out ${out} --continue`;
  return `The job goes on without this terminal.\n  follow:  manyhands results ${id} --follow${file}\n  cancel:  manyhands cancel ${id}`;
}
