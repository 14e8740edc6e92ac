import type { JobView } from '../../shared/job/view.ts';
import type { Batch, BatchReport } from './runner.ts';

/** What the frame says to its page as soon as its boot script runs. */
export const FRAME_HELLO = 'manyhands sandbox ready';
/** What the page answers, with the port that leads to the engine. */
export const FRAME_CONNECT = 'manyhands sandbox connect';

/**
 * The first message over the port, read by the frame: which worker to start. With it comes a second
 * port, the lifeline, on which the frame's document answers each message with `'here'`.
 */
export interface StartMessage {
  /** A JavaScript program as one expression, which becomes part of the worker's source. */
  program: string | null;
}

/** From the engine to the sandboxed worker. */
export type ToWorker =
  | {
      type: 'load';
      job: JobView;
      program: Uint8Array<ArrayBuffer>;
      blobs: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
    }
  | { type: 'run'; batch: Batch };

/** From the sandbox to the engine, which must believe none of it: see `read-message.ts`. */
export type FromSandbox =
  /** The worker runs. */
  | { type: 'up' }
  /** The program is ready. */
  | { type: 'loaded' }
  /** The program can never run. */
  | { type: 'invalid'; code: string; message: string }
  | ({ type: 'report' } & BatchReport)
  | { type: 'checkpoint'; batch: number; shard: number; bytes: Uint8Array<ArrayBuffer> };

/** From the frame's document over the lifeline: an error that the worker did not catch. */
export interface FrameFailure {
  message: string;
  /** Line of the program, from 1; null where the browser does not say. */
  line: number | null;
}
