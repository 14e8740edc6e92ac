import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Job } from '../../shared/api/schemas.ts';
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
  /** Wait for the job to end; otherwise take what there is now. */
  wait: boolean;
}

/**
 * Writes a job's results, with a progress line, as they come (NDJSON) or at the end (CSV, zip).
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
  const progress = watch(context, id, status, watching.signal);
  let rows = 0;
  try {
    rows = await collect(context, id, options);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    watching.abort();
    status.end(interruptedText(id, options));
    return Exit.interrupted;
  } finally {
    watching.abort();
    await progress;
  }
  const job = options.wait ? await ended(context, id) : await context.client.job(id);
  status.end(`${progressLine(job)} · ${duration((job.endedAt ?? Date.now()) - job.createdAt)}`);
  if (context.json) {
    const target = options.out === undefined ? process.stderr : process.stdout;
    target.write(
      `${JSON.stringify({ job: job.id, state: job.state, counts: job.counts, rows, out: options.out ?? null })}\n`,
    );
  }
  if (job.state === 'running') return Exit.ok;
  return job.state === 'done' && job.counts.failed === 0 ? Exit.ok : Exit.shardsFailed;
}

async function collect(
  context: Context,
  id: string,
  { out, format, after, wait }: FollowOptions,
): Promise<number> {
  let rows = 0;
  if (format === 'ndjson') {
    const writer = new RowWriter(out, after !== undefined);
    try {
      for await (const row of context.client.results(id, {
        follow: wait,
        after,
        signal: context.signal,
      })) {
        await writer.write(row);
        rows++;
      }
    } finally {
      await writer.close();
    }
    return rows;
  }
  if (out === undefined)
    throw new ManyhandsError(
      'OUTPUT_NEEDS_FILE',
      `Results as ${format} need a file: add --out results.${format}.`,
    );
  for await (const _ of context.client.results(id, { follow: wait, signal: context.signal }))
    rows++;
  const body = await context.client.download(id, format);
  if (body) await pipeline(Readable.fromWeb(body), createWriteStream(out));
  return rows;
}

/** The stream of results ends with the last verdict, a moment before the job's own record does. */
async function ended(context: Context, id: string): Promise<Job> {
  for (;;) {
    const job = await context.client.job(id);
    if (job.state !== 'running') return job;
    await new Promise((resolve) => setTimeout(resolve, PROGRESS_MS / 5));
  }
}

async function watch(
  context: Context,
  id: string,
  status: StatusLine,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    // Progress is a courtesy: that the coordinator is away is told by the results, which insist.
    const job = await context.client.job(id, signal).catch(() => null);
    if (job && !signal.aborted) status.show(progressLine(job));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PROGRESS_MS);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

function interruptedText(id: string, { out }: FollowOptions): string {
  const file = out === undefined ? '' : ` --out ${out} --continue`;
  return `The job goes on without this terminal.\n  follow:  manyhands results ${id} --follow${file}\n  cancel:  manyhands cancel ${id}`;
}
