import type { Job } from '../../shared/api/schemas.ts';
import { standstill } from '../../shared/api/whole.ts';
import { ManyhandsError } from '../../shared/errors.ts';

/** How often a job in stages is looked at: nothing else tells that a stage does not begin. */
const LOOK_MS = 1_000;

/**
 * Watches a job in stages until it is told to end or the job stands still.
 *
 * @param first id of the first stage's job
 * @param onStuck told why the job goes no further until its requester does something
 */
export async function watchStages(
  client: { job(id: string, signal: AbortSignal): Promise<Job> },
  first: string,
  signal: AbortSignal,
  onStuck: (reason: ManyhandsError) => void,
): Promise<void> {
  while (!signal.aborted) {
    // A coordinator that is away is noticed by whoever reads the results.
    const job = await client.job(first, signal).catch(() => null);
    const waits = job && standstill(job);
    if (waits) {
      onStuck(new ManyhandsError(waits.code, waits.message, { job: first }));
      return;
    }
    await pause(signal);
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, LOOK_MS);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
