import type { LinkEvents, Links, Rendezvous } from '../links/links.ts';
import { PortLinks } from '../links/port-links.ts';

/**
 * Links of the page, for whoever is in its worker: the page is asked for them when they are opened,
 * and loads nothing before.
 */
export class PageLinks implements Links {
  readonly #ask: () => Promise<MessagePort>;
  readonly #events: LinkEvents;
  #links: PortLinks | null = null;
  #closed = false;

  /** @param ask makes links in the page and gives the port to them */
  constructor(ask: () => Promise<MessagePort>, events: LinkEvents) {
    this.#ask = ask;
    this.#events = events;
  }

  async open(): Promise<string> {
    const links = new PortLinks(await this.#ask(), this.#events);
    this.#links = links;
    if (this.#closed) links.close();
    return links.open();
  }

  meet(rendezvous: Rendezvous): void {
    this.#links?.meet(rendezvous);
  }

  dial(peer: string): void {
    this.#links?.dial(peer);
  }

  async send(peer: string, message: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#links?.send(peer, message);
  }

  hangUp(peer: string): void {
    this.#links?.hangUp(peer);
  }

  close(): void {
    this.#closed = true;
    this.#links?.close();
  }
}
