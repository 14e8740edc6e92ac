import type { LinkEvents, Links, Rendezvous } from './links.ts';

/**
 * A network in memory for tests: its links reach each other by peer id, messages arrive in order in
 * a later microtask, and nothing is lost unless a test hangs up or closes.
 */
export class MemoryNetwork {
  readonly #nodes = new Map<string, MemoryLinks>();
  #next = 0;

  /** Links of one more node; it can be dialled once it is open and has met. */
  links(events: LinkEvents): MemoryLinks {
    const peer = `12D3KooWMemory${String(this.#next++).padStart(34, 'x')}`;
    return new MemoryLinks(peer, this.#nodes, events);
  }
}

class MemoryLinks implements Links {
  readonly peer: string;
  readonly #nodes: Map<string, MemoryLinks>;
  readonly #events: LinkEvents;
  readonly #linked = new Set<string>();

  constructor(peer: string, nodes: Map<string, MemoryLinks>, events: LinkEvents) {
    this.peer = peer;
    this.#nodes = nodes;
    this.#events = events;
  }

  async open(): Promise<string> {
    return this.peer;
  }

  meet(_rendezvous: Rendezvous): void {
    this.#nodes.set(this.peer, this);
    queueMicrotask(() => this.#events.onReachable(true));
  }

  dial(peer: string): void {
    queueMicrotask(() => {
      if (this.#linked.has(peer)) return;
      const other = this.#nodes.get(peer);
      if (!other) return this.#events.onClosed(peer, 'unreachable');
      this.#linked.add(peer);
      other.#linked.add(this.peer);
      other.#events.onOpen(this.peer, false);
      return this.#events.onOpen(peer, true);
    });
  }

  async send(peer: string, message: Uint8Array<ArrayBuffer>): Promise<void> {
    const copy = message.slice();
    await null;
    const other = this.#nodes.get(peer);
    if (this.#linked.has(peer) && other?.knows(this.peer)) other.#events.onMessage(this.peer, copy);
  }

  hangUp(peer: string): void {
    queueMicrotask(() => {
      if (!this.#linked.has(peer)) return;
      this.#nodes.get(peer)?.lose(this.peer, 'hung up by the peer');
      this.lose(peer, 'hung up');
    });
  }

  close(): void {
    this.#nodes.delete(this.peer);
    for (const peer of [...this.#linked]) {
      this.#nodes.get(peer)?.lose(this.peer, 'gone');
      this.lose(peer, 'closed');
    }
  }

  /** For the other end. */
  knows(peer: string): boolean {
    return this.#linked.has(peer);
  }

  /** For the other end: the link is gone. */
  lose(peer: string, reason: string): void {
    if (this.#linked.delete(peer)) this.#events.onClosed(peer, reason);
  }
}
