import type { SwarmCoordinatorFrame, SwarmNodeFrame } from '../../../shared/protocol/frames.ts';
import { ENTER_AGAIN_MS, LINKS_RETRY_MS } from '../limits.ts';
import type { LinkEvents, Links, Rendezvous } from '../links/links.ts';
import type { Standing } from './sessions.ts';

type Entered = Extract<SwarmCoordinatorFrame, { type: 'entered' }>;

export interface MembershipOptions {
  /** Address of the coordinator without a trailing slash. */
  base: string;
  /** Connections to peers, made anew for each use. Nothing heavy before `open`. */
  createLinks: (events: LinkEvents) => Links;
  send: (frame: SwarmNodeFrame) => boolean;
  /** What goes over the links, while there are any. */
  events: Omit<LinkEvents, 'onReachable'>;
  onChange: () => void;
}

/**
 * This node's place among its peers: connections are loaded when they are first needed, then the
 * coordinator is told, and the relay makes this node reachable.
 */
export class Membership {
  readonly #options: MembershipOptions;
  #links: Links | null = null;
  /** Null until the links are open. */
  #peer: string | null = null;
  #key: Uint8Array<ArrayBuffer> | null = null;
  #met: string | null = null;
  #reachable = false;
  #failed = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  get links(): Links | null {
    return this.#peer === null ? null : this.#links;
  }

  /** Null until the coordinator has let this node in. */
  get standing(): Standing | null {
    return this.#peer !== null && this.#key ? { peer: this.#peer, key: this.#key } : null;
  }

  get reachable(): boolean {
    return this.#reachable;
  }

  /** Whether peers could not be reached at the last try. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Takes part from now on; once is enough. */
  enter(): void {
    if (this.#links || this.#retry !== undefined) return;
    const links = this.#options.createLinks({
      onOpen: (peer, dialled) =>
        this.#isCurrent(links) && this.#options.events.onOpen(peer, dialled),
      onMessage: (peer, message) =>
        this.#isCurrent(links) && this.#options.events.onMessage(peer, message),
      onClosed: (peer, reason) =>
        this.#isCurrent(links) && this.#options.events.onClosed(peer, reason),
      onReachable: (reachable) => this.#isCurrent(links) && this.#setReachable(reachable),
    });
    this.#links = links;
    void this.#open(links);
  }

  /** Takes part no more; `enter` may follow. */
  leave(): void {
    clearTimeout(this.#again);
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const links = this.#links;
    if (!links) return;
    if (this.#reachable) this.#setReachable(false);
    this.#links = null;
    this.#peer = null;
    this.#met = null;
    links.close();
  }

  /** The coordinator is there (again): it is told who this node is among peers. */
  announce(): void {
    if (this.#peer === null) return;
    this.#options.send({ type: 'enter', peer: this.#peer, reachable: this.#reachable });
  }

  /** The coordinator still knows an earlier connection of this node by its peer id. */
  announceLater(): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.announce(), ENTER_AGAIN_MS);
  }

  /** The coordinator introduces nobody. */
  refused(): void {
    this.leave();
    this.#fail();
  }

  /** The coordinator says how peers find each other. */
  entered({ relay, key, iceServers }: Entered): void {
    if (this.#peer === null) return;
    this.#key = Uint8Array.from(key);
    const url = `${this.#options.base.replace(/^http/, 'ws')}${relay.path}`;
    const rendezvous: Rendezvous = { url, peer: relay.peer, iceServers };
    const met = JSON.stringify(rendezvous);
    if (met !== this.#met) {
      this.#met = met;
      this.#links?.meet(rendezvous);
    }
    this.#options.onChange();
  }

  async #open(links: Links): Promise<void> {
    try {
      const peer = await links.open();
      if (!this.#isCurrent(links)) return;
      this.#peer = peer;
      this.#failed = false;
      this.announce();
    } catch {
      if (!this.#isCurrent(links)) return;
      this.leave();
      this.#fail();
    }
    this.#options.onChange();
  }

  /** Data comes from the coordinator until the next try. */
  #fail(): void {
    this.#failed = true;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#options.onChange();
    }, LINKS_RETRY_MS);
    this.#options.onChange();
  }

  #setReachable(reachable: boolean): void {
    if (this.#reachable === reachable) return;
    this.#reachable = reachable;
    this.announce();
    this.#options.onChange();
  }

  #isCurrent(links: Links): boolean {
    return this.#links === links;
  }
}
