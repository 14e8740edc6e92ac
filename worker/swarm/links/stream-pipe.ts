import type { Libp2p } from 'libp2p';
import { concat } from '../../../shared/bytes.ts';
import { ManyhandsError } from '../../../shared/errors.ts';
import { MessageReader, prefixOf } from './message-reader.ts';
import type { Pipe, PipeListener } from './pipe.ts';

export type Connection = ReturnType<Libp2p['getConnections']>[number];
export type Stream = Awaited<ReturnType<Connection['newStream']>>;

/** A libp2p stream as a pipe of whole messages. */
export class StreamPipe implements Pipe {
  /** What the stream runs over. */
  readonly connection: Connection;
  readonly #stream: Stream;
  #ended = false;

  constructor(connection: Connection, stream: Stream) {
    this.connection = connection;
    this.#stream = stream;
  }

  listen(listener: PipeListener): void {
    const reader = new MessageReader();
    const end = (reason: string) => {
      if (this.#ended) return;
      this.abort();
      listener.onEnd(reason);
    };
    this.#stream.addEventListener('message', ({ data }) => {
      if (this.#ended) return;
      try {
        listener.onHeard();
        for (const piece of data instanceof Uint8Array ? [data] : data)
          for (const message of reader.read(piece)) if (!this.#ended) listener.onMessage(message);
      } catch (error) {
        end(error instanceof ManyhandsError ? error.code : String(error));
      }
    });
    this.#stream.addEventListener('close', ({ error }) => end(error?.message ?? 'gone'));
    this.#stream.addEventListener('remoteCloseWrite', () => end('gone'));
    if (this.#stream.status !== 'open') end('gone');
  }

  async send(message: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#ended) throw new Error('the pipe has ended');
    this.#stream.send(concat([prefixOf(message.length), message]));
    while (this.#stream.writableNeedsDrain && !this.#ended) await this.#drained();
  }

  /** Not the stream's own `onDrain`: its promise stays resolved after the first time. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#stream.addEventListener('drain', () => resolve(), { once: true });
      this.#stream.addEventListener('close', () => resolve(), { once: true });
    });
  }

  abort(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stream.abort(new Error('ended'));
  }
}
