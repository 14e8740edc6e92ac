import { ManyhandsError } from '../../shared/errors.ts';
import { decodeCoordinatorFrame, encodeFrame } from '../../shared/protocol/codec.ts';
import type { CoordinatorFrame, NodeFrame } from '../../shared/protocol/frames.ts';

export interface SocketEvents {
  onOpen(): void;
  onFrame(frame: CoordinatorFrame): void;
  /** Once for every `open`, also after `close`. Nothing follows. */
  onClosed(): void;
}

/** The node's WebSocket to the coordinator; one connection at a time. */
export class CoordinatorSocket {
  readonly #url: string;
  readonly #events: SocketEvents;
  #socket: WebSocket | null = null;

  /** @param url `ws:` or `wss:` address of the coordinator's `/node` */
  constructor(url: string, events: SocketEvents) {
    this.#url = url;
    this.#events = events;
  }

  open(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.#events.onOpen();
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = () => this.close();
    // A close event follows.
    socket.onerror = () => {};
  }

  /**
   * Frames for a connection that has just gone are dropped: its end is told by `onClosed`. Returns
   * whether it has left.
   */
  send(frame: NodeFrame): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(encodeFrame(frame));
    return true;
  }

  /** Ends the connection without waiting for the other side, which may be long gone. */
  close(): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.#events.onClosed();
  }

  #receive(data: unknown): void {
    try {
      if (!(data instanceof ArrayBuffer))
        throw new ManyhandsError('FRAME_MALFORMED', 'The coordinator sent text.');
      this.#events.onFrame(decodeCoordinatorFrame(new Uint8Array(data)));
    } catch (error) {
      if (!(error instanceof ManyhandsError)) throw error;
      // Whatever speaks there is not our coordinator: hold on to nothing it says.
      this.close();
    }
  }
}
