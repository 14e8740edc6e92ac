import type { FrameFailure } from './messages.ts';
import { readFrameMessage } from './read-message.ts';

/** Milliseconds between questions to the frame. */
const ASK_MS = 1_000;
/**
 * Questions in a row without an answer, after which the frame is taken for dead: the frame's own
 * thread has nothing else to do, but on a machine with too much to do it may wait for its turn.
 */
const UNANSWERED = 5;

export interface LifelineEvents {
  /** The sandbox's process is dead. */
  onSilent(): void;
  /** The worker did not catch an error. */
  onFailed(failure: FrameFailure): void;
}

/**
 * Watches a frame's document, which runs on after its worker has been handed the engine's port.
 * When a program makes the sandbox's process die, no browser says so: the port is just silent, as
 * it is while a program computes. The document falls silent only with its process.
 */
export class Lifeline {
  readonly #port: MessagePort;
  readonly #timer: ReturnType<typeof setInterval>;
  #unanswered = 0;

  constructor(port: MessagePort, { onSilent, onFailed }: LifelineEvents) {
    this.#port = port;
    port.onmessage = ({ data }) => {
      const message = readFrameMessage(data);
      if (message === 'here') this.#unanswered = 0;
      else if (message) onFailed(message);
    };
    this.#timer = setInterval(() => {
      if (this.#unanswered >= UNANSWERED) return onSilent();
      this.#unanswered++;
      port.postMessage(null);
    }, ASK_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#port.onmessage = null;
    this.#port.close();
  }
}
