/** Tickets remembered for one connection: many times what a node holds at once. */
const MAX_TICKETS = 16_384;

interface Entry {
  ticket: Uint8Array<ArrayBuffer>;
  /** Shards of the lease that were neither acknowledged nor refused. */
  left: number;
  /** Submissions that wait for their answer. */
  unanswered: number;
}

/** The tickets of one connection by lease number: the scheduler speaks of leases, the wire of tickets. */
export class TicketBook {
  readonly #entries = new Map<bigint, Entry>();

  /** A lease of so many shards that the node holds. */
  note(lease: bigint, ticket: Uint8Array, shards: number): void {
    if (!this.#entries.has(lease)) this.#add(lease, ticket, shards);
  }

  /** A submission for the lease came in; its answer will need the ticket. */
  expectAnswer(lease: bigint, ticket: Uint8Array): void {
    const entry = this.#entries.get(lease) ?? this.#add(lease, ticket, 0);
    entry.unanswered++;
  }

  ticketOf(lease: bigint): Uint8Array<ArrayBuffer> | undefined {
    return this.#entries.get(lease)?.ticket;
  }

  /** A submission of so many shards was answered; with the last of them the lease is forgotten. */
  answered(lease: bigint, shards: number): void {
    const entry = this.#entries.get(lease);
    if (!entry) return;
    entry.left -= shards;
    entry.unanswered--;
    if (entry.left <= 0 && entry.unanswered <= 0) this.#entries.delete(lease);
  }

  #add(lease: bigint, ticket: Uint8Array, left: number): Entry {
    // A copy of the ticket: a view would keep the whole frame in memory.
    const entry = { ticket: new Uint8Array(ticket), left, unanswered: 0 };
    this.#entries.set(lease, entry);
    if (this.#entries.size > MAX_TICKETS) this.#forgetOldest();
    return entry;
  }

  #forgetOldest(): void {
    for (const lease of this.#entries.keys()) {
      this.#entries.delete(lease);
      return;
    }
  }
}
