import { type ErrorBody, ManyhandsError, toErrorBody } from '../../shared/errors.ts';
import type { JobView } from '../../shared/job/view.ts';
import type { CoordinatorFrame, NodeFrame, SubmitFrame } from '../../shared/protocol/frames.ts';
import type { LeaseClaim, LeasedCheckpoint, NodeNumber } from '../scheduler/events.ts';
import { admit } from './admission.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { NodeKey } from './node-key.ts';
import type { IdleReason, LeasePart, NodeLink, RevokeReason } from './node-link.ts';
import { TicketBook } from './ticket-book.ts';
import type { Tickets } from './tickets.ts';

/** What a joined node needs of its session. */
export interface JoinedNodeOptions {
  /** Public key in hexadecimal. */
  key: string;
  nodeKey: NodeKey;
  dispatcher: Dispatcher;
  tickets: Tickets;
  now: () => number;
  send(frame: CoordinatorFrame): void;
  /** Told when the node first gets a lease of a job on this connection. */
  leased(job: string): void;
}

type HandOverFrame = Extract<NodeFrame, { type: 'hand-over' }>;

/** Translates between the dispatcher's leases and this connection's frames with tickets. */
export class JoinedNode implements NodeLink {
  readonly #options: JoinedNodeOptions;
  readonly #book = new TicketBook();
  readonly #jobsSent = new Set<string>();

  constructor(options: JoinedNodeOptions) {
    this.#options = options;
  }

  /**
   * Takes a submission, or refuses one that will never be taken, so that the node forgets it.
   * False where a sound node would not have sent it.
   */
  submit(number: NodeNumber, frame: SubmitFrame): boolean {
    const { dispatcher, tickets } = this.#options;
    const began = performance.now();
    try {
      const claim = tickets.open(frame.ticket);
      const job = dispatcher.viewOf(claim.job);
      if (!job) throw jobEnded();
      const results = admit(frame, claim, this.#options, job.limits.outputBytes);
      this.#book.expectAnswer(claim.lease, frame.ticket);
      dispatcher.meter.verifyMs += performance.now() - began;
      dispatcher.submit(number, claim, results);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof ManyhandsError)) throw thrown;
      const { ticket, first, count } = frame;
      const { code, message } = thrown;
      this.#options.send({ type: 'refuse', ticket, first, count, code, message });
      return code === 'JOB_ENDED';
    }
  }

  /** Takes what one of the node's runs left; false where a sound node would not have sent it. */
  handOver(number: NodeNumber, { ticket, shard, checkpoint }: HandOverFrame): boolean {
    const claim = this.#openOwn(ticket);
    if (!claim || shard < claim.first || shard >= claim.first + claim.count) return false;
    this.#options.dispatcher.handOver(number, claim, shard, checkpoint);
    return true;
  }

  /** The leases that these tickets are for; the node is told which of them are not its own. */
  open(tickets: readonly Uint8Array<ArrayBuffer>[]): LeaseClaim[] {
    const claims: LeaseClaim[] = [];
    const unknown: Uint8Array<ArrayBuffer>[] = [];
    for (const ticket of tickets) {
      const claim = this.#openOwn(ticket);
      if (claim === null) unknown.push(ticket);
      else {
        this.#book.note(claim.lease, ticket, claim.count);
        this.#takesPart(this.#options.dispatcher.viewOf(claim.job));
        claims.push(claim);
      }
    }
    if (unknown.length > 0)
      this.#options.send({ type: 'revoke', tickets: unknown, reason: 'unknown' });
    return claims;
  }

  joined(totals: { agreed: number; rejected: number }): void {
    this.#options.send({ type: 'joined', time: this.#options.now(), ...totals });
  }

  lease(claim: LeaseClaim, job: JobView, checkpoints: readonly LeasedCheckpoint[] = []): void {
    if (!this.#jobsSent.has(job.id)) {
      this.#jobsSent.add(job.id);
      this.#takesPart(job);
      this.#options.send({ type: 'job', job });
    }
    const ticket = this.#options.tickets.seal(claim);
    this.#book.note(claim.lease, ticket, claim.count);
    const { first, count, deadline } = claim;
    this.#options.send({
      type: 'lease',
      job: job.id,
      first,
      count,
      deadline,
      ticket,
      ...(checkpoints.length > 0 ? { checkpoints: [...checkpoints] } : {}),
    });
  }

  acknowledge({ lease, first, count }: LeasePart): void {
    const ticket = this.#book.ticketOf(lease);
    if (ticket) this.#options.send({ type: 'ack', ticket, first, count });
    this.#book.answered(lease, count);
  }

  refuse({ lease, first, count }: LeasePart, { code, message }: ErrorBody): void {
    const ticket = this.#book.ticketOf(lease);
    if (ticket) this.#options.send({ type: 'refuse', ticket, first, count, code, message });
    this.#book.answered(lease, count);
  }

  revoke(leases: readonly bigint[], reason: RevokeReason): void {
    const tickets = leases.flatMap((lease) => this.#book.ticketOf(lease) ?? []);
    if (tickets.length > 0) this.#options.send({ type: 'revoke', tickets, reason });
  }

  tally({ agreed, rejected }: { agreed: number; rejected: number }): void {
    this.#options.send({ type: 'tally', agreed, rejected });
  }

  idle(reason: IdleReason): void {
    this.#options.send({ type: 'idle', reason });
  }

  trouble(error: ErrorBody): void {
    const { code, message } = error;
    this.#options.send({ type: 'error', code, message });
  }

  #takesPart(job: JobView | undefined): void {
    if (!job) return;
    this.#options.leased(job.id);
    // What a stage takes is held by the nodes of the stage before.
    if (job.previous) this.#options.leased(job.previous);
  }

  #openOwn(ticket: Uint8Array): LeaseClaim | null {
    try {
      const claim = this.#options.tickets.open(ticket);
      return claim.nodeKey === this.#options.key ? claim : null;
    } catch (thrown) {
      if (toErrorBody(thrown).code === 'TICKET_INVALID') return null;
      throw thrown;
    }
  }
}

function jobEnded(): ManyhandsError {
  return new ManyhandsError(
    'JOB_ENDED',
    'This job has ended. Its results are no longer needed; forget them.',
  );
}
