import { ManyhandsError } from '../../shared/errors.ts';
import type { JobView } from '../../shared/job/view.ts';
import { Lifeline } from './lifeline.ts';
import type { FrameFailure, FromSandbox, StartMessage, ToWorker } from './messages.ts';
import { programExpression } from './program-expression.ts';
import { readMessage } from './read-message.ts';
import type { Batch, BatchReport } from './runner.ts';

/** Milliseconds in which a worker must have started: it takes 10, on a busy phone some hundred. */
const START_MS = 15_000;
/** Milliseconds in which a program must be ready: compiling 50 MB of WASM takes seconds. */
const LOAD_MS = 60_000;
/** Checkpoints come every 250 ms at most; these are for a clock that has been put forward. */
const CHECKPOINT_BURST = 20;
const CHECKPOINTS_PER_MS = 1 / 200;

/** What a session tells whoever runs it. */
export interface SessionEvents {
  onReport(report: BatchReport): void;
  onCheckpoint(batch: number, shard: number, bytes: Uint8Array<ArrayBuffer>): void;
  /** The sandbox has broken a rule, or is gone. Nothing follows. */
  onBroken(reason: string): void;
}

interface Waiting {
  type: 'up' | 'loaded';
  resolve(): void;
  reject(error: ManyhandsError): void;
  timer: ReturnType<typeof setTimeout>;
}

/**
 * The engine's side of one sandbox, from its start to its end, for one program. The other side is
 * hostile: the first message that is malformed or out of turn ends the session.
 */
export class Session {
  readonly #port: MessagePort;
  readonly #events: SessionEvents;
  readonly #hasLifeline: boolean;
  readonly #batches: Batch[] = [];
  /** Shards of the first batch that are reported. */
  #reported = 0;
  #waiting: Waiting | null = null;
  #lifeline: Lifeline | null = null;
  #open = true;
  #checkpoints = CHECKPOINT_BURST;
  #checkpointAt = performance.now();

  /** @param hasLifeline whether the other side answers while it computes: frames do, threads cannot */
  constructor(port: MessagePort, events: SessionEvents, hasLifeline: boolean) {
    this.#hasLifeline = hasLifeline;
    this.#port = port;
    this.#events = events;
    port.onmessage = ({ data }) => this.#receive(data);
    port.onmessageerror = () => this.#break('sent a message that cannot be read');
    // Threads of Node end with this event. Browsers are silent, hence the lifeline.
    port.addEventListener('close', () => this.#break('is gone'));
  }

  /** @throws ManyhandsError `PROGRAM_INVALID`, `SANDBOX_LOST` */
  async load(
    job: JobView,
    program: Uint8Array<ArrayBuffer>,
    blobs: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  ): Promise<void> {
    const source = job.program.kind === 'javascript' ? await programExpression(program) : null;
    if (!this.#open) throw lost('The sandbox was stopped.');
    const start: StartMessage = { program: source };
    this.#port.postMessage(start, this.#hasLifeline ? [this.#makeLifeline()] : []);
    await this.#next('up', START_MS);
    // A JavaScript program is in the worker already.
    const bytes = source === null ? program : new Uint8Array();
    const load: ToWorker = { type: 'load', job, program: bytes, blobs };
    this.#port.postMessage(load);
    await this.#next('loaded', LOAD_MS);
  }

  run(batch: Batch): void {
    this.#batches.push(batch);
    const message: ToWorker = { type: 'run', batch };
    this.#port.postMessage(message);
  }

  /** Stops listening. The sandbox itself is ended by its host. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#port.onmessage = null;
    this.#port.close();
    this.#lifeline?.close();
    this.#settle(lost('The sandbox was stopped.'));
  }

  /** @returns the frame's end of it */
  #makeLifeline(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#lifeline = new Lifeline(port1, {
      onSilent: () => this.#break('has died, as programs that use too much memory make it'),
      onFailed: (failure) => {
        // Later errors concern nobody: a program may throw where nothing waits for it.
        if (this.#waiting?.type === 'up') this.#settle(syntaxError(failure));
      },
    });
    return port2;
  }

  #next(type: Waiting['type'], milliseconds: number): Promise<void> {
    if (!this.#open) return Promise.reject(lost('The sandbox was stopped.'));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#break('did not answer in time'), milliseconds);
      this.#waiting = { type, resolve, reject, timer };
    });
  }

  #settle(error?: ManyhandsError): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (!waiting) return;
    clearTimeout(waiting.timer);
    if (error) waiting.reject(error);
    else waiting.resolve();
  }

  #receive(data: unknown): void {
    if (!this.#open) return;
    const message = readMessage(data);
    const fault = message ? this.#faultIn(message) : 'sent a malformed message';
    if (fault) this.#break(fault);
  }

  /** Acts on a message, or says what is wrong with it. */
  #faultIn(message: FromSandbox): string | null {
    switch (message.type) {
      case 'up':
      case 'loaded':
        if (this.#waiting?.type !== message.type) return 'spoke out of turn';
        this.#settle();
        return null;
      case 'invalid':
        if (!this.#waiting) return 'spoke out of turn';
        this.#settle(
          new ManyhandsError('PROGRAM_INVALID', message.message, { reason: message.code }),
        );
        return null;
      case 'report':
        return this.#faultInReport(message);
      case 'checkpoint':
        return this.#faultInCheckpoint(message.batch, message.shard, message.bytes);
    }
  }

  #faultInReport(report: BatchReport): string | null {
    const batch = this.#batches[0];
    const expected = batch && batch.first + this.#reported;
    const left = batch ? batch.count - this.#reported : 0;
    if (report.batch !== batch?.id || report.first !== expected || report.count > left) {
      return 'reported shards that it was not given';
    }
    this.#reported += report.count;
    if (this.#reported === batch.count) {
      this.#batches.shift();
      this.#reported = 0;
    }
    this.#events.onReport(report);
    return null;
  }

  #faultInCheckpoint(batch: number, shard: number, bytes: Uint8Array<ArrayBuffer>): string | null {
    const now = performance.now();
    const earned = (now - this.#checkpointAt) * CHECKPOINTS_PER_MS;
    this.#checkpoints = Math.min(CHECKPOINT_BURST, this.#checkpoints + earned) - 1;
    this.#checkpointAt = now;
    if (this.#checkpoints < 0) return 'sent a flood of checkpoints';
    const running = this.#batches[0];
    if (batch !== running?.id || shard < running.first || shard >= running.first + running.count) {
      return 'sent a checkpoint of a shard that it was not given';
    }
    this.#events.onCheckpoint(batch, shard, bytes);
    return null;
  }

  #break(what: string): void {
    if (!this.#open) return;
    const reason = `The sandbox ${what}.`;
    this.#settle(lost(reason));
    this.close();
    this.#events.onBroken(reason);
  }
}

function syntaxError({ message, line }: FrameFailure): ManyhandsError {
  return new ManyhandsError('PROGRAM_INVALID', message, { reason: 'JAVASCRIPT_SYNTAX', line });
}

function lost(reason: string): ManyhandsError {
  return new ManyhandsError('SANDBOX_LOST', reason);
}
