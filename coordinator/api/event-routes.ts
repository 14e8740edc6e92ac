import { type EventName, Job } from '../../shared/api/schemas.ts';
import { utf8 } from '../../shared/bytes.ts';
import { hasEnded } from '../stages/chain.ts';
import type { JobRow } from '../store/store.ts';
import { requireJob } from './job-access.ts';
import { toJobBody } from './job-body.ts';
import { byteStream } from './results/byte-stream.ts';
import type { Route } from './route.ts';
import type { Services } from './services.ts';

/** Between two events at least: figures that change faster cannot be read. */
const CALM_MS = 500;
/** Proxies close a silent connection after half a minute and more. */
const HEARTBEAT_MS = 15_000;
/** For the client to wait before it connects again. */
const RECONNECT_MS = 2_000;

/** The route that pushes a job's progress. */
export function eventRoutes(services: Services): Route[] {
  return [
    {
      method: 'get',
      path: '/v1/jobs/:id/events',
      summary:
        'Server-sent events: "progress" carries the job whenever it changed, "end" the job as it ended. ' +
        'Each event is the whole state, so nothing is missed after a reconnect. ' +
        'Of a job in stages they tell until all stages have ended',
      access: 'job',
      response: {
        status: 200,
        description: 'Events; their data is a Job',
        body: Job,
        contentType: 'text/event-stream',
      },
      errors: ['JOB_NOT_FOUND'],
      handle: async (call) => {
        const row = await requireJob(call, services.store);
        return new Response(byteStream(jobEvents(row, services, call.signal)), {
          headers: {
            'Content-Type': 'text/event-stream',
            'Cache-Control': 'no-store',
            'X-Accel-Buffering': 'no',
          },
        });
      },
    },
  ];
}

async function* jobEvents(
  job: JobRow,
  services: Services,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { store, dispatcher } = services;
  const bell = new Bell(signal);
  const stages = job.stage ? await store.stagesOf(job.stage.first) : [job];
  const numbers = new Set(stages.map(({ number }) => number));
  const forget = dispatcher.onJobChange((number) => {
    if (numbers.has(number)) bell.ring();
  });
  try {
    yield utf8(`retry: ${RECONNECT_MS}\n\n`);
    for (let id = 1; !signal.aborted; id++) {
      const row = (await store.job(job.id)) ?? job;
      const body = await toJobBody(row, services);
      const ended = [row, ...(body.stage?.all ?? [])].every(hasEnded);
      const data = JSON.stringify(body);
      const name: EventName = ended ? 'end' : 'progress';
      yield utf8(`id: ${id}\nevent: ${name}\ndata: ${data}\n\n`);
      if (ended) return;
      await bell.quiet(CALM_MS);
      while (!(await bell.rung(HEARTBEAT_MS))) {
        if (signal.aborted) return;
        yield utf8(': still here\n\n');
      }
    }
  } finally {
    forget();
  }
}

/** Waits for news or for time to pass, and for neither once the signal aborts. */
class Bell {
  readonly #signal: AbortSignal;
  #rung = false;
  #wake = () => {};

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.ring(), { once: true });
  }

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Waits that long whether it rings or not. */
  async quiet(ms: number): Promise<void> {
    await this.#sleep(ms, () => this.#signal.aborted);
  }

  /** Whether it rang within that time or since it was last asked. */
  async rung(ms: number): Promise<boolean> {
    await this.#sleep(ms, () => this.#rung);
    const rung = this.#rung && !this.#signal.aborted;
    this.#rung = false;
    return rung;
  }

  async #sleep(ms: number, until: () => boolean): Promise<void> {
    if (until()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        if (!until()) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
