import { fromHex, fromUtf8Strict, toHex, utf8 } from '../../../shared/bytes.ts';
import { ManyhandsError } from '../../../shared/errors.ts';
import { MAX_MISSING_BYTES } from '../../../shared/protocol/limits.ts';
import { MAX_MESSAGE_BYTES } from '../links/links.ts';
import type { PeerFrame } from './peer-frames.ts';

/** Longest ticket: as long as an introduction may be (shared/identity/introduction.ts). */
export const MAX_HELLO_BYTES = 1024;
/** Chunks that one `got` may name: 256 MiB, more than anybody verifies between two frames. */
export const MAX_GOT_CHUNKS = 1024;
/** Bytes of one `chunk`: a chunk, or the manifest of a blob of 2 GiB. Longer manifests come by HTTP. */
export const MAX_CHUNK_PAYLOAD = MAX_MESSAGE_BYTES - 5;
/** A job's id as the node's wire has it (shared/protocol/frames.ts). */
const MAX_JOB_BYTES = 64;
const BLOB_BYTES = 32;

/** First byte of a message. Numbers are never used again for something else. */
const CODE = {
  hello: 1,
  welcome: 2,
  has: 3,
  got: 4,
  get: 5,
  cancel: 6,
  chunk: 7,
  refuse: 8,
  alive: 9,
};
const REASONS = ['absent', 'busy', 'limit'] as const;

/**
 * A frame as one message: its code, then its fixed-size fields, then the one field that is as long
 * as the rest. Numbers are u32, big-endian; a job's id comes behind its length in one byte where
 * something follows it. A chunk's bytes are copied once, into the message.
 */
export function encodePeerFrame(frame: PeerFrame): Uint8Array<ArrayBuffer> {
  switch (frame.type) {
    case 'hello':
      return message(CODE.hello, frame.ticket);
    case 'welcome':
      return message(CODE.welcome, utf8(frame.job));
    case 'has': {
      const job = utf8(frame.job);
      return message(CODE.has, fromHex(frame.blob), Uint8Array.of(job.length), job, frame.have);
    }
    case 'got':
      return message(CODE.got, fromHex(frame.blob), numbers(frame.chunks));
    case 'get':
      return message(
        CODE.get,
        numbers([frame.request, frame.chunk]),
        fromHex(frame.blob),
        utf8(frame.job),
      );
    case 'cancel':
      return message(CODE.cancel, numbers([frame.request]));
    case 'chunk':
      return message(CODE.chunk, numbers([frame.request]), frame.bytes);
    case 'refuse':
      return message(
        CODE.refuse,
        numbers([frame.request]),
        Uint8Array.of(REASONS.indexOf(frame.reason)),
      );
    case 'alive':
      return message(CODE.alive);
  }
}

/**
 * What a peer sent, checked field by field. `bytes` of a chunk and the like are views of the message.
 * @throws ManyhandsError `PEER_FRAME_INVALID` for what no sound peer sends
 */
export function decodePeerFrame(message: Uint8Array<ArrayBuffer>): PeerFrame {
  if (message.length === 0 || message.length > MAX_MESSAGE_BYTES) throw invalid('length', message);
  const reader = new Reader(message);
  switch (message[0]) {
    case CODE.hello:
      return { type: 'hello', ticket: reader.rest(1, MAX_HELLO_BYTES) };
    case CODE.welcome:
      return { type: 'welcome', job: reader.job(reader.left) };
    case CODE.has: {
      const blob = reader.blob();
      const job = reader.job(reader.byte());
      return { type: 'has', job, blob, have: reader.rest(0, MAX_MISSING_BYTES) };
    }
    case CODE.got:
      return { type: 'got', blob: reader.blob(), chunks: reader.numbers(MAX_GOT_CHUNKS) };
    case CODE.get: {
      const request = reader.number();
      const chunk = reader.number();
      const blob = reader.blob();
      return { type: 'get', request, job: reader.job(reader.left), blob, chunk };
    }
    case CODE.cancel:
      return reader.whole({ type: 'cancel', request: reader.number() });
    case CODE.chunk:
      return { type: 'chunk', request: reader.number(), bytes: reader.rest(1, MAX_CHUNK_PAYLOAD) };
    case CODE.refuse: {
      const request = reader.number();
      const reason = REASONS.at(reader.byte());
      if (reason === undefined) throw invalid('reason', message);
      return reader.whole({ type: 'refuse', request, reason });
    }
    case CODE.alive:
      return reader.whole({ type: 'alive' });
    default:
      throw invalid('type', message);
  }
}

function message(code: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 1;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  bytes[0] = code;
  let at = 1;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function numbers(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value);
  return bytes;
}

function invalid(problem: string, { length }: Uint8Array): ManyhandsError {
  return new ManyhandsError('PEER_FRAME_INVALID', 'A peer sent what the protocol does not allow.', {
    problem,
    bytes: length,
  });
}

/** Takes a message apart from its second byte on; every method refuses what is not there. */
class Reader {
  readonly #message: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  #at = 1;

  constructor(message: Uint8Array<ArrayBuffer>) {
    this.#message = message;
    this.#view = new DataView(message.buffer, message.byteOffset, message.length);
  }

  get left(): number {
    return this.#message.length - this.#at;
  }

  byte(): number {
    return this.#take(1, 'length')[0];
  }

  number(): number {
    const at = this.#at;
    this.#take(4, 'length');
    return this.#view.getUint32(at);
  }

  numbers(most: number): number[] {
    if (this.left % 4 !== 0 || this.left === 0 || this.left / 4 > most)
      throw this.#invalid('count');
    return Array.from({ length: this.left / 4 }, () => this.number());
  }

  blob(): string {
    return toHex(this.#take(BLOB_BYTES, 'length'));
  }

  job(length: number): string {
    if (length === 0 || length > MAX_JOB_BYTES) throw this.#invalid('job');
    const job = fromUtf8Strict(this.#take(length, 'job'));
    if (job === null) throw this.#invalid('job');
    return job;
  }

  /** All that is left. */
  rest(least: number, most: number): Uint8Array<ArrayBuffer> {
    if (this.left < least || this.left > most) throw this.#invalid('length');
    return this.#take(this.left, 'length');
  }

  /** The frame, if nothing is left. */
  whole<T extends PeerFrame>(frame: T): T {
    if (this.left !== 0) throw this.#invalid('length');
    return frame;
  }

  #take(length: number, problem: string): Uint8Array<ArrayBuffer> {
    if (this.left < length) throw this.#invalid(problem);
    this.#at += length;
    return this.#message.subarray(this.#at - length, this.#at);
  }

  #invalid(problem: string): ManyhandsError {
    return invalid(problem, this.#message);
  }
}
