import { ManyhandsError } from '../../shared/errors.ts';
import type { SandboxHost } from './host.ts';
import { FRAME_CONNECT, FRAME_HELLO } from './messages.ts';

/** Milliseconds in which a frame must have said hello: it takes 60, on a busy phone a second. */
const HELLO_MS = 15_000;

/** A frame that is loaded or loading, not connected yet. */
interface Frame {
  element: HTMLIFrameElement;
  /** Rejects with `SANDBOX_UNAVAILABLE`. */
  loaded: Promise<void>;
}

/**
 * The page's sandbox frames, one a slot, and a spare one that is loaded ahead, so that a killed
 * slot computes again at once. The page does nothing but put frames in and take them out: their
 * ports lead from the engine straight to the sandboxed workers.
 */
export class SandboxFrames implements SandboxHost {
  readonly #url: string;
  readonly #parent: HTMLElement;
  readonly #slots = new Map<number, Frame>();
  #spare: Frame | null = null;

  /**
   * @param url of the sandbox page, on the page's own origin
   * @param parent where the invisible frames go
   */
  constructor(url: string, parent: HTMLElement) {
    this.#url = url;
    this.#parent = parent;
  }

  async open(slot: number): Promise<MessagePort> {
    this.close(slot);
    const frame = this.#spare ?? this.#load();
    this.#spare = null;
    this.#slots.set(slot, frame);
    try {
      await frame.loaded;
    } catch (error) {
      frame.element.remove();
      if (this.#slots.get(slot) === frame) this.#slots.delete(slot);
      throw error;
    }
    this.#spare ??= this.#load();
    const { port1, port2 } = new MessageChannel();
    // An opaque origin has no name that a message could be addressed to. What is in the frame is
    // known all the same: it has just said hello, and only our boot script runs in it.
    frame.element.contentWindow?.postMessage(FRAME_CONNECT, '*', [port2]);
    return port1;
  }

  close(slot: number): void {
    // Taking the frame out ends its worker at once, even in an endless loop.
    this.#slots.get(slot)?.element.remove();
    this.#slots.delete(slot);
  }

  /** Takes every frame out, the spare one too. */
  dispose(): void {
    for (const slot of this.#slots.keys()) this.close(slot);
    this.#spare?.element.remove();
    this.#spare = null;
  }

  #load(): Frame {
    const element = document.createElement('iframe');
    element.setAttribute('sandbox', 'allow-scripts');
    element.referrerPolicy = 'no-referrer';
    element.hidden = true;
    element.title = 'Sandbox';
    element.src = this.#url;
    const loaded = hello(element);
    // A spare one may fail with nobody waiting for it; whoever takes it sees that.
    loaded.catch(() => {});
    this.#parent.append(element);
    return { element, loaded };
  }
}

/** Resolves when the frame's boot script listens. */
function hello(element: HTMLIFrameElement): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      clearTimeout(timer);
      removeEventListener('message', listen);
      end();
    };
    const listen = (event: MessageEvent) => {
      // Any window may send us messages; only this frame's own counts.
      if (event.source === null || event.source !== element.contentWindow) return;
      if (event.data === FRAME_HELLO) settle(resolve);
    };
    const timer = setTimeout(() => settle(() => reject(unavailable())), HELLO_MS);
    addEventListener('message', listen);
  });
}

function unavailable(): ManyhandsError {
  return new ManyhandsError(
    'SANDBOX_UNAVAILABLE',
    'The sandbox for programs does not load. A content blocker may stop it: allow frames on this page and reload.',
  );
}
