import type { LeaseClaim } from '../../coordinator/scheduler/events.ts';
import { fromUtf8, utf8 } from '../../shared/bytes.ts';

/** The claim as a ticket's bytes. Nodes of the simulation do not forge tickets: the MAC is not simulated. */
function ticketOf(claim: LeaseClaim): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify({ ...claim, lease: String(claim.lease) }));
}

/** The claim that a ticket was made of. */
export function claimOf(ticket: Uint8Array): LeaseClaim {
  const claim = JSON.parse(fromUtf8(ticket));
  return { ...claim, lease: BigInt(claim.lease) };
}

/** The tickets that a coordinator has seen since its start, by lease. */
export class TicketBook {
  readonly #tickets = new Map<bigint, Uint8Array<ArrayBuffer>>();

  issue(claim: LeaseClaim): Uint8Array<ArrayBuffer> {
    const ticket = ticketOf(claim);
    this.#tickets.set(claim.lease, ticket);
    return ticket;
  }

  read(ticket: Uint8Array): LeaseClaim {
    const claim = claimOf(ticket);
    this.#tickets.set(claim.lease, ticket.slice());
    return claim;
  }

  find(lease: bigint): Uint8Array<ArrayBuffer> {
    const ticket = this.#tickets.get(lease);
    if (!ticket) throw new Error(`nobody has seen a ticket of lease ${lease}`);
    return ticket;
  }
}
