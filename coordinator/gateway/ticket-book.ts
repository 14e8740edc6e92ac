/** Tickets remembered for one connection: many times what a node holds at once. */
const MAX_TICKETS = 16_384;

interface Entry {
  ticket: Uint8Array<ArrayBuffer>;
  /** Shards that were neither acknowledged nor refused. */
  left: number;
}

/** The tickets of one connection by lease number: the scheduler speaks of leases, the wire of tickets. */
export class TicketBook {
  readonly #entries = new Map<bigint, Entry>();

  /** Remembers a ticket; one that is known keeps its count. */
  note(lease: bigint, ticket: Uint8Array, shards: number): void {
    if (this.#entries.has(lease)) return;
    // A copy: a view would keep the whole frame in memory.
    this.#entries.set(lease, { ticket: new Uint8Array(ticket), left: shards });
    if (this.#entries.size > MAX_TICKETS) this.#forgetOldest();
  }

  ticketOf(lease: bigint): Uint8Array<ArrayBuffer> | undefined {
    return this.#entries.get(lease)?.ticket;
  }

  /** So many of the lease's shards are settled; with the last of them it is forgotten. */
  settle(lease: bigint, shards: number): void {
    const entry = this.#entries.get(lease);
    if (!entry) return;
    entry.left -= shards;
    if (entry.left <= 0) this.#entries.delete(lease);
  }

  #forgetOldest(): void {
    for (const lease of this.#entries.keys()) {
      this.#entries.delete(lease);
      return;
    }
  }
}
