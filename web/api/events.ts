import { Job } from '../../shared/api/schemas.ts';
import type { Client } from './client.ts';
import { readLines } from './lines.ts';

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

/** A job's progress as it goes; ends when the job has ended. */
export async function* jobProgress(
  client: Client,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<Job> {
  const response = await client.events(id, signal);
  if (!response.body) return;
  for await (const { event, data } of readEvents(readLines(response.body))) {
    const parsed = Job.safeParse(JSON.parse(data));
    if (parsed.success) yield parsed.data;
    if (event === 'end') return;
  }
}
