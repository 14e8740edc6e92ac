import { ManyhandsError } from '../../shared/errors.ts';
import type { JobView } from '../../shared/job/view.ts';
import type { SandboxHost } from './host.ts';
import type { Batch, Runner, RunnerEvents } from './runner.ts';
import { Session, type SessionEvents } from './session.ts';

/** Milliseconds before a host that could not start a sandbox is asked again; doubles each time. */
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

/**
 * A runner whose sandboxes somebody else starts and ends: a page its frames, a process its threads.
 * Whenever one is killed, breaks down or has run another program, the host gives a new one.
 */
export class PortRunner implements Runner {
  readonly #host: SandboxHost;
  readonly #slot: number;
  readonly #events: RunnerEvents;
  readonly #hasLifeline: boolean;
  /** Rises with every sandbox, so that what belongs to an earlier one is told apart. */
  #generation = 0;
  #session: Session | null = null;
  #opened: Promise<Session | null>;
  #used = false;

  /**
   * @param slot the host's number for this runner; nobody else may use it
   * @param hasLifeline whether the host's sandboxes answer while they compute: frames do, threads
   *   cannot, and do not need to
   */
  constructor(host: SandboxHost, slot: number, events: RunnerEvents, hasLifeline = true) {
    this.#hasLifeline = hasLifeline;
    this.#host = host;
    this.#slot = slot;
    this.#events = events;
    this.#opened = this.#open(this.#generation);
    this.#announce();
  }

  async load(
    job: JobView,
    program: Uint8Array<ArrayBuffer>,
    blobs: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  ): Promise<void> {
    if (this.#used) this.#replace();
    const session = await this.#opened;
    if (!session) throw new ManyhandsError('SANDBOX_LOST', 'The sandbox was stopped.');
    this.#used = true;
    await session.load(job, program, blobs);
  }

  run(batch: Batch): void {
    this.#session?.run(batch);
  }

  kill(): void {
    this.#replace();
    this.#announce();
  }

  dispose(): void {
    this.#end();
  }

  #replace(): void {
    this.#end();
    this.#opened = this.#open(this.#generation);
  }

  #end(): void {
    this.#generation++;
    this.#used = false;
    this.#session?.close();
    this.#session = null;
    this.#host.close(this.#slot);
  }

  #announce(): void {
    const opened = this.#opened;
    opened.then((session) => {
      if (session && opened === this.#opened) this.#events.onReady();
    });
  }

  /** @returns null where the runner has no use for it any more */
  async #open(generation: number): Promise<Session | null> {
    const isCurrent = () => generation === this.#generation;
    for (let wait = RETRY_MS; isCurrent(); wait = Math.min(2 * wait, MAX_RETRY_MS)) {
      try {
        const port = await this.#host.open(this.#slot);
        if (!isCurrent()) return null;
        this.#session = new Session(port, this.#listenerOf(isCurrent), this.#hasLifeline);
        return this.#session;
      } catch (error) {
        if (!isCurrent()) return null;
        this.#events.onDied((error as Error).message);
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
    return null;
  }

  #listenerOf(isCurrent: () => boolean): SessionEvents {
    return {
      onReport: (report) => this.#events.onReport(report),
      onCheckpoint: (batch, shard, bytes) => this.#events.onCheckpoint(batch, shard, bytes),
      onBroken: (reason) => {
        this.#events.onDied(reason);
        // Whoever was told may have killed or disposed of the runner already.
        if (isCurrent()) this.kill();
      },
    };
  }
}
