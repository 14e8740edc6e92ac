import { ManyhandsError } from '../../../shared/errors.ts';
import { MAX_MESSAGE_BYTES } from './links.ts';

/** Bytes of the length that goes before each message: u32, big-endian. */
const PREFIX_BYTES = 4;

/** The length that goes before a message of so many bytes. */
export function prefixOf(length: number): Uint8Array<ArrayBuffer> {
  const prefix = new Uint8Array(PREFIX_BYTES);
  new DataView(prefix.buffer).setUint32(0, length);
  return prefix;
}

/** Puts messages together out of a stream's pieces, however they were cut; each is copied once. */
export class MessageReader {
  readonly #prefix = new Uint8Array(PREFIX_BYTES);
  #message: Uint8Array<ArrayBuffer> | null = null;
  #filled = 0;

  /**
   * The messages that end within this piece, in order; an empty one is a sign of life.
   * @throws ManyhandsError `PEER_MESSAGE_TOO_LONG`; nothing may be read after it
   */
  read(piece: Uint8Array): Uint8Array<ArrayBuffer>[] {
    const messages: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; at < piece.length; ) {
      const target = this.#message ?? this.#prefix;
      const part = piece.subarray(at, at + target.length - this.#filled);
      target.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < target.length) break;
      this.#filled = 0;
      if (this.#message === null) this.#message = begin(this.#prefix);
      if (target !== this.#prefix || this.#message.length === 0) {
        messages.push(this.#message);
        this.#message = null;
      }
    }
    return messages;
  }
}

function begin(prefix: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const length = new DataView(prefix.buffer).getUint32(0);
  if (length > MAX_MESSAGE_BYTES)
    throw new ManyhandsError('PEER_MESSAGE_TOO_LONG', 'A peer sent a message beyond the limit.', {
      bytes: length,
      limit: MAX_MESSAGE_BYTES,
    });
  return new Uint8Array(length);
}
