import { ManyhandsError } from '../../../shared/errors.ts';
import type { LinkEvents, Links, Rendezvous } from './links.ts';

/** Loading the code takes a second on a slow line; the page may also have gone while it was asked. */
const OPEN_MS = 60_000;
/** A message that found no room for so long will find none: the link is silent by then. */
const SEND_MS = 30_000;

type Message = Uint8Array<ArrayBuffer>;

type ToPage =
  | { type: 'open' | 'close' }
  | { type: 'meet'; rendezvous: Rendezvous }
  | { type: 'dial' | 'hangUp'; peer: string }
  | { type: 'send'; peer: string; message: Message; number: number };

type ToWorker =
  | { type: 'opened'; peer: string }
  | { type: 'failed'; code: string; message: string }
  | { type: 'sent'; number: number }
  | { type: 'open'; peer: string; dialled: boolean }
  | { type: 'message'; peer: string; message: Message }
  | { type: 'closed'; peer: string; reason: string }
  | { type: 'reachable'; reachable: boolean };

/**
 * Serves the page's links across a port; messages are moved, not copied.
 *
 * @param make makes the links, once, for the events that are passed on
 * @returns ends it: the links are closed and the port as well
 */
export function servePort(make: (events: LinkEvents) => Links, port: MessagePort): () => void {
  const tell = (message: ToWorker, moved: Transferable[] = []) => port.postMessage(message, moved);
  const links = make({
    onOpen: (peer, dialled) => tell({ type: 'open', peer, dialled }),
    onMessage: (peer, message) => tell({ type: 'message', peer, message }, [message.buffer]),
    onClosed: (peer, reason) => tell({ type: 'closed', peer, reason }),
    onReachable: (reachable) => tell({ type: 'reachable', reachable }),
  });
  port.onmessage = ({ data }: MessageEvent<ToPage>) => {
    switch (data.type) {
      case 'open':
        void links.open().then(
          (peer) => tell({ type: 'opened', peer }),
          (error: Error) =>
            tell({
              type: 'failed',
              code: error instanceof ManyhandsError ? error.code : 'LINKS_FAILED',
              message: error.message,
            }),
        );
        break;
      case 'meet':
        links.meet(data.rendezvous);
        break;
      case 'dial':
        links.dial(data.peer);
        break;
      case 'send':
        void links
          .send(data.peer, data.message)
          .finally(() => tell({ type: 'sent', number: data.number }));
        break;
      case 'hangUp':
        links.hangUp(data.peer);
        break;
      case 'close':
        links.close();
        break;
    }
  };
  return () => {
    links.close();
    port.close();
  };
}

/** The page's links, as the engine's worker has them: the other end of `servePort`. */
export class PortLinks implements Links {
  readonly #port: MessagePort;
  readonly #sending = new Map<number, () => void>();
  #opening: PromiseWithResolvers<string> | null = null;
  #sends = 0;

  constructor(port: MessagePort, events: LinkEvents) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
      switch (data.type) {
        case 'opened':
          this.#opening?.resolve(data.peer);
          break;
        case 'failed':
          this.#opening?.reject(new ManyhandsError(data.code, data.message));
          break;
        case 'sent':
          this.#sending.get(data.number)?.();
          break;
        case 'open':
          events.onOpen(data.peer, data.dialled);
          break;
        case 'message':
          events.onMessage(data.peer, data.message);
          break;
        case 'closed':
          events.onClosed(data.peer, data.reason);
          break;
        case 'reachable':
          events.onReachable(data.reachable);
          break;
      }
    };
  }

  /** @throws ManyhandsError `WEBRTC_MISSING`, `LINKS_FAILED`, `LINKS_TIMEOUT` */
  open(): Promise<string> {
    if (this.#opening) return this.#opening.promise;
    const opening = Promise.withResolvers<string>();
    this.#opening = opening;
    const timer = setTimeout(
      () => opening.reject(new ManyhandsError('LINKS_TIMEOUT', 'The page does not answer.')),
      OPEN_MS,
    );
    const stop = () => clearTimeout(timer);
    opening.promise.then(stop, stop);
    this.#tell({ type: 'open' });
    return opening.promise;
  }

  meet(rendezvous: Rendezvous): void {
    this.#tell({ type: 'meet', rendezvous });
  }

  dial(peer: string): void {
    this.#tell({ type: 'dial', peer });
  }

  /** The message's buffer is moved to the page: it is empty here afterwards. */
  send(peer: string, message: Message): Promise<void> {
    const number = this.#sends++;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#sending.delete(number);
        resolve();
      };
      const timer = setTimeout(done, SEND_MS);
      this.#sending.set(number, done);
      // A view of a larger buffer would take its neighbours along.
      const own = message.length === message.buffer.byteLength ? message : message.slice();
      this.#tell({ type: 'send', peer, message: own, number }, [own.buffer]);
    });
  }

  hangUp(peer: string): void {
    this.#tell({ type: 'hangUp', peer });
  }

  close(): void {
    this.#tell({ type: 'close' });
    for (const done of [...this.#sending.values()]) done();
  }

  #tell(message: ToPage, moved: Transferable[] = []): void {
    this.#port.postMessage(message, moved);
  }
}
