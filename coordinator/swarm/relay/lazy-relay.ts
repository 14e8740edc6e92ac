import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RelayDoor } from '../desk/desk-options.ts';
import type { Relay, RelayOptions } from './relay.ts';
import { pipeUpgrade } from './relay-upgrade.ts';

/** The relay, whose code is loaded when the first node enters: a coordinator without swarms starts without it. */
export class LazyRelay implements RelayDoor {
  readonly #options: RelayOptions;
  #loading: Promise<Relay> | null = null;
  #relay: Relay | null = null;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  async start(): Promise<string> {
    this.#loading ??= this.#load();
    const loading = this.#loading;
    try {
      return await (await loading).start();
    } catch (thrown) {
      // The next node that enters tries again.
      if (this.#loading === loading) this.#loading = null;
      throw thrown;
    }
  }

  /** Takes an `upgrade` of `RELAY_PATH`; refused while no node has entered. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#relay) this.#relay.upgrade(request, socket, head);
    else pipeUpgrade(null, request, socket, head);
  }

  drop(peer: string): void {
    void this.#relay?.drop(peer);
  }

  /** Peers that can be reached through it. */
  async reservations(): Promise<number> {
    return (await this.#relay?.reservations()) ?? 0;
  }

  async stop(): Promise<void> {
    const loading = this.#loading;
    this.#loading = null;
    this.#relay = null;
    await (await loading?.catch(() => undefined))?.stop();
  }

  async #load(): Promise<Relay> {
    const { Relay } = await import('./relay.ts');
    this.#relay = new Relay(this.#options);
    return this.#relay;
  }
}
