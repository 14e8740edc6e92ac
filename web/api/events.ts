import { readLines } from '../../shared/api/lines.ts';
import { Job } from '../../shared/api/schemas.ts';
import type { Client } from './client.ts';

/** One server-sent event. */
export interface ServerEvent {
  event: string;
  data: string;
}

/** The events of lines in the format of server-sent events; comments keep the line alive and are skipped. */
export async function* readEvents(lines: AsyncIterable<string>): AsyncGenerator<ServerEvent> {
  let event = 'message';
  let data: string[] = [];
  for await (const line of lines) {
    if (line === '') {
      if (data.length > 0) yield { event, data: data.join('\n') };
      event = 'message';
      data = [];
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
  }
}

/** A job's state, and whether it is its last. */
export interface JobNews {
  job: Job;
  ended: boolean;
}

/**
 * A job's progress as it goes, until the job has ended or the line breaks.
 * @param alive called whenever anything arrives, if only a sign of life
 */
export async function* jobProgress(
  client: Client,
  id: string,
  signal: AbortSignal,
  alive: () => void,
): AsyncGenerator<JobNews> {
  const response = await client.events(id, signal);
  if (!response.body) return;
  for await (const { event, data } of readEvents(noting(readLines(response.body), alive))) {
    const parsed = Job.safeParse(JSON.parse(data));
    if (!parsed.success) continue;
    yield { job: parsed.data, ended: event === 'end' };
  }
}

async function* noting(lines: AsyncIterable<string>, alive: () => void): AsyncGenerator<string> {
  for await (const line of lines) {
    alive();
    yield line;
  }
}
