/** What a pipe tells its owner. */
export interface PipeListener {
  /** A whole message; an empty one is a sign of life. */
  onMessage(message: Uint8Array<ArrayBuffer>): void;
  /** Some bytes came, of whatever. */
  onHeard(): void;
  /** Comes once; not after `abort`. */
  onEnd(reason: string): void;
}

/** One stream of the protocol to one peer, in whole messages. */
export interface Pipe {
  /** Begins to read; called once. */
  listen(listener: PipeListener): void;
  /** Resolves when there is room for the next one. Rejects once the pipe has ended. */
  send(message: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Ends it at once. */
  abort(): void;
}
