import type { IncomingMessage } from 'node:http';
import { clientAddress, type NetworkSet } from './networks.ts';

/** Tells the addresses of HTTP clients, behind proxies of ours. */
export class Clients {
  readonly #trustedProxies: NetworkSet;
  readonly #onStranger: (remote: string) => void;
  #warned = false;

  /**
   * @param onStranger told once of somebody who forwards requests without being a trusted proxy:
   *   either makes addresses up, or is a proxy that the operator forgot to name
   */
  constructor(trustedProxies: NetworkSet, onStranger: (remote: string) => void) {
    this.#trustedProxies = trustedProxies;
    this.#onStranger = onStranger;
  }

  addressOf(request: IncomingMessage): string {
    if (this.#isForwardedByStranger(request) && !this.#warned) {
      this.#warned = true;
      this.#onStranger(request.socket.remoteAddress ?? '');
    }
    return clientAddress(request.socket.remoteAddress, forwardedFor(request), this.#trustedProxies);
  }

  /** Whether the client is surely in these networks. One behind a proxy that is not named is not. */
  isWithin(request: IncomingMessage, networks: NetworkSet): boolean {
    return networks.has(this.addressOf(request)) && !this.#isForwardedByStranger(request);
  }

  #isForwardedByStranger(request: IncomingMessage): boolean {
    if (forwardedFor(request) === undefined) return false;
    return !this.#trustedProxies.has(request.socket.remoteAddress ?? '');
  }
}

/** Node joins repeated headers of this name with commas. */
function forwardedFor({ headers }: IncomingMessage): string | undefined {
  const value = headers['x-forwarded-for'];
  return Array.isArray(value) ? value.join(',') : value;
}
