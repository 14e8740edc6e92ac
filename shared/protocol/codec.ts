import { Decoder } from 'cbor-x/decode';
import { Encoder } from 'cbor-x/encode';
import { ManyhandsError } from '../errors.ts';
import { CoordinatorFrame, NodeFrame } from './frames.ts';
import { MAX_FRAME_BYTES } from './limits.ts';

const OPTIONS = { useRecords: false, mapsAsObjects: true, tagUint8Array: false } as const;
const encoder = new Encoder(OPTIONS);
const decoder = new Decoder(OPTIONS);

/** A frame as the bytes of one WebSocket message. */
export function encodeFrame(frame: NodeFrame | CoordinatorFrame): Uint8Array<ArrayBuffer> {
  return encoder.encode(frame) as Uint8Array<ArrayBuffer>;
}

/**
 * What a node sent, checked field by field.
 * @throws ManyhandsError `FRAME_TOO_LARGE`, `FRAME_MALFORMED` (not CBOR), `FRAME_INVALID` (no such frame).
 */
export function decodeNodeFrame(bytes: Uint8Array): NodeFrame {
  return check(NodeFrame, bytes);
}

/** What the coordinator sent, checked likewise. Errors as for `decodeNodeFrame`. */
export function decodeCoordinatorFrame(bytes: Uint8Array): CoordinatorFrame {
  return check(CoordinatorFrame, bytes);
}

interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } };
}

function check<T>(schema: Schema<T>, bytes: Uint8Array): T {
  if (bytes.length > MAX_FRAME_BYTES)
    throw new ManyhandsError('FRAME_TOO_LARGE', 'This frame is larger than the protocol allows.', {
      bytes: bytes.length,
      limit: MAX_FRAME_BYTES,
    });
  let value: unknown;
  try {
    value = decoder.decode(bytes);
  } catch {
    throw new ManyhandsError(
      'FRAME_MALFORMED',
      'This frame is not CBOR: it was cut short or is not ours.',
    );
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ManyhandsError('FRAME_INVALID', 'This frame does not fit the protocol.', {
    path: issue.path.join('.'),
    problem: issue.message,
  });
}
