import type { EngineView } from '../engine/events.ts';
import type { Environment } from '../environment.ts';
import type { NodeCommand, NodeSettings } from './node-state.ts';

/** What the tabs of one browser know together of its node. */
export interface SharedNode {
  settings: NodeSettings;
  paused: boolean;
  view: EngineView | null;
}

/** Between the tabs of one browser: same origin, same build after a reload. */
export type TabMessage =
  /** A new tab asks how things stand. */
  | { type: 'hello' }
  /** From the tab that leads, at a calm rate. */
  | { type: 'state'; node: SharedNode }
  /** From the tab that led: the node has stopped. */
  | { type: 'off'; failure: string | null }
  /** For the tab that leads. */
  | { type: 'command'; command: NodeCommand };

export interface TabsEvents {
  onMessage(message: TabMessage): void;
  /** This tab leads from now on, until it calls `stopLeading` or closes. */
  onLead(): void;
}

const NAME = 'manyhands-node';
/** A leader that stops says so before its lock is free; the message may still be slower. */
const SETTLE_MS = 150;

/** Agreement between tabs: one leads, which a lock decides; all hear each other over a channel. */
export class Tabs {
  readonly #locks: LockManager | null;
  readonly #channel: BroadcastChannel | null;
  readonly #events: TabsEvents;
  /** Present while this tab leads or waits to. */
  #request: AbortController | null = null;
  #release: (() => void) | null = null;

  constructor(environment: Environment, events: TabsEvents) {
    this.#locks = environment.locks;
    this.#events = events;
    this.#channel = environment.openChannel(NAME);
    if (this.#channel) this.#channel.onmessage = ({ data }) => events.onMessage(data as TabMessage);
  }

  send(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }

  /** Leads as soon as no other tab does. Once is enough. */
  lead(): void {
    if (this.#request) return;
    const request = new AbortController();
    this.#request = request;
    if (!this.#locks) {
      this.#events.onLead();
      return;
    }
    this.#tryAtOnce(this.#locks, request);
  }

  /** Leads no more, and does not wait to any more. */
  stopLeading(): void {
    this.#request?.abort();
    this.#request = null;
    const release = this.#release;
    this.#release = null;
    if (release) setTimeout(release, SETTLE_MS / 3);
  }

  async #tryAtOnce(locks: LockManager, request: AbortController): Promise<void> {
    const got = await locks.request(NAME, { ifAvailable: true }, (lock) =>
      lock ? this.#hold(request) : false,
    );
    if (got !== false || request.signal.aborted) return;
    // Somebody leads: ask for its state, and wait until it is gone.
    this.send({ type: 'hello' });
    try {
      await locks.request(NAME, { signal: request.signal }, async () => {
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        await this.#hold(request);
      });
    } catch (error) {
      if ((error as Error).name !== 'AbortError') throw error;
    }
  }

  /** Keeps the lock for as long as this tab leads. */
  #hold(request: AbortController): Promise<void> | undefined {
    if (request.signal.aborted) return undefined;
    return new Promise((resolve) => {
      this.#release = resolve;
      this.#events.onLead();
    });
  }
}
