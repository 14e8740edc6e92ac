import { createHmac, timingSafeEqual } from 'node:crypto';
import { fromHex, toHex } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import { PUBLIC_KEY_BYTES } from '../../shared/identity/keys.ts';
import type { LeaseClaim } from '../scheduler/events.ts';

/** Layout: version u8, job f64, block f64, first f64, count u32, lease u64, deadline f64, node key, MAC. */
const VERSION = 1;
const AT = { version: 0, job: 1, block: 9, first: 17, count: 25, lease: 29, deadline: 37, key: 45 };
const BODY_BYTES = AT.key + PUBLIC_KEY_BYTES;
/** 128 bits: a forger has one online guess a frame. */
const MAC_BYTES = 16;

/**
 * Makes and checks tickets. A ticket says what was leased to whom, so that a coordinator that
 * remembers nothing of a lease still takes its results; the MAC says that one of ours wrote it.
 */
export class Tickets {
  readonly #secret: Uint8Array;

  /** @param secret the store's: tickets outlive this process. */
  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  seal(claim: LeaseClaim): Uint8Array<ArrayBuffer> {
    const ticket = new Uint8Array(BODY_BYTES + MAC_BYTES);
    const view = new DataView(ticket.buffer);
    view.setUint8(AT.version, VERSION);
    view.setFloat64(AT.job, claim.job);
    view.setFloat64(AT.block, claim.block);
    view.setFloat64(AT.first, claim.first);
    view.setUint32(AT.count, claim.count);
    view.setBigUint64(AT.lease, claim.lease);
    view.setFloat64(AT.deadline, claim.deadline);
    ticket.set(fromHex(claim.nodeKey), AT.key);
    ticket.set(this.#mac(ticket.subarray(0, BODY_BYTES)), BODY_BYTES);
    return ticket;
  }

  /** @throws ManyhandsError `TICKET_INVALID` where no coordinator of this store made the ticket. */
  open(ticket: Uint8Array): LeaseClaim {
    if (ticket.length !== BODY_BYTES + MAC_BYTES || ticket[AT.version] !== VERSION) throw invalid();
    const body = ticket.subarray(0, BODY_BYTES);
    if (!timingSafeEqual(this.#mac(body), ticket.subarray(BODY_BYTES))) throw invalid();
    const view = new DataView(ticket.buffer, ticket.byteOffset);
    return {
      job: view.getFloat64(AT.job),
      block: view.getFloat64(AT.block),
      first: view.getFloat64(AT.first),
      count: view.getUint32(AT.count),
      lease: view.getBigUint64(AT.lease),
      deadline: view.getFloat64(AT.deadline),
      nodeKey: toHex(ticket.subarray(AT.key, BODY_BYTES)),
    };
  }

  #mac(body: Uint8Array): Uint8Array {
    return createHmac('sha256', this.#secret).update(body).digest().subarray(0, MAC_BYTES);
  }
}

function invalid(): ManyhandsError {
  return new ManyhandsError(
    'TICKET_INVALID',
    'This ticket was not given out by this network. Forget it and ask for new work.',
  );
}
