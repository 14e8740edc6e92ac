import { createHmac, timingSafeEqual } from 'node:crypto';
import { concat, fromHex, toHex, utf8 } from '../../../shared/bytes.ts';
import { ManyhandsError } from '../../../shared/errors.ts';
import { PUBLIC_KEY_BYTES } from '../../../shared/identity/keys.ts';
import type { BlobId } from '../../../shared/job/spec.ts';

/** Layout: version u8, blob's SHA-256, its bytes f64, until f64, node key, MAC. */
const VERSION = 1;
const HASH_BYTES = 32;
const AT = { version: 0, blob: 1, bytes: 33, until: 41, key: 49 };
const BODY_BYTES = AT.key + PUBLIC_KEY_BYTES;
const MAC_BYTES = 16;
/** Tickets of leases are MACs under the same secret: this one fits nothing else. */
const DOMAIN = utf8('manyhands deposit\n');

/** The coordinator's leave for one node to upload one output. */
export interface DepositClaim {
  blob: BlobId;
  bytes: number;
  /** Milliseconds since 1970. */
  until: number;
  /** Public key in hexadecimal. */
  nodeKey: string;
}

/** Makes and checks the tickets of deposits. */
export class DepositTickets {
  readonly #secret: Uint8Array;

  /** @param secret the store's: a ticket outlives this process */
  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  seal({ blob, bytes, until, nodeKey }: DepositClaim): Uint8Array<ArrayBuffer> {
    const ticket = new Uint8Array(BODY_BYTES + MAC_BYTES);
    const view = new DataView(ticket.buffer);
    view.setUint8(AT.version, VERSION);
    ticket.set(fromHex(blob), AT.blob);
    view.setFloat64(AT.bytes, bytes);
    view.setFloat64(AT.until, until);
    ticket.set(fromHex(nodeKey), AT.key);
    ticket.set(this.#mac(ticket.subarray(0, BODY_BYTES)), BODY_BYTES);
    return ticket;
  }

  /**
   * What the ticket allows.
   * @param text the ticket in hexadecimal or base64url
   * @throws ManyhandsError `TICKET_INVALID` where it is not ours, or too old
   */
  open(text: string, now: number): DepositClaim {
    const ticket = decode(text);
    if (ticket.length !== BODY_BYTES + MAC_BYTES || ticket[AT.version] !== VERSION) throw invalid();
    const body = ticket.subarray(0, BODY_BYTES);
    if (!timingSafeEqual(this.#mac(body), ticket.subarray(BODY_BYTES))) throw invalid();
    const view = new DataView(ticket.buffer, ticket.byteOffset);
    const until = view.getFloat64(AT.until);
    if (now > until) throw invalid();
    return {
      blob: toHex(body.subarray(AT.blob, AT.blob + HASH_BYTES)),
      bytes: view.getFloat64(AT.bytes),
      until,
      nodeKey: toHex(body.subarray(AT.key)),
    };
  }

  #mac(body: Uint8Array): Uint8Array {
    const hash = createHmac('sha256', this.#secret)
      .update(concat([DOMAIN, body]))
      .digest();
    return hash.subarray(0, MAC_BYTES);
  }
}

function decode(text: string): Uint8Array {
  if (/^[0-9a-f]+$/.test(text) && text.length === 2 * (BODY_BYTES + MAC_BYTES))
    return fromHex(text);
  // A copy of its own: small Buffers share memory, and a view would begin in its middle.
  return Uint8Array.from(Buffer.from(text, 'base64url'));
}

function invalid(): ManyhandsError {
  return new ManyhandsError(
    'TICKET_INVALID',
    'This upload was not asked for, or too long ago. Wait to be asked again.',
  );
}
