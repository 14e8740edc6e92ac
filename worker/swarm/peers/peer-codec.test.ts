import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManyhandsError } from '../../../shared/errors.ts';
import { MAX_MESSAGE_BYTES } from '../links/links.ts';
import {
  decodePeerFrame,
  encodePeerFrame,
  MAX_CHUNK_PAYLOAD,
  MAX_GOT_CHUNKS,
  MAX_HELLO_BYTES,
} from './peer-codec.ts';
import { MANIFEST_CHUNK, type PeerFrame } from './peer-frames.ts';

const u32 = fc.integer({ min: 0, max: MANIFEST_CHUNK });
const blob = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const job = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const bytes = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }) as fc.Arbitrary<Uint8Array<ArrayBuffer>>;

const anyFrame: fc.Arbitrary<PeerFrame> = fc.oneof(
  fc.record({ type: fc.constant('hello' as const), ticket: bytes(1, 300) }),
  fc.record({ type: fc.constant('welcome' as const), job }),
  fc.record({ type: fc.constant('has' as const), job, blob, have: bytes(0, 64) }),
  fc.record({
    type: fc.constant('got' as const),
    blob,
    chunks: fc.array(u32, { minLength: 1, maxLength: 32 }),
  }),
  fc.record({ type: fc.constant('get' as const), request: u32, job, blob, chunk: u32 }),
  fc.record({ type: fc.constant('cancel' as const), request: u32 }),
  fc.record({ type: fc.constant('chunk' as const), request: u32, bytes: bytes(1, 500) }),
  fc.record({
    type: fc.constant('refuse' as const),
    request: u32,
    reason: fc.constantFrom('absent' as const, 'busy' as const, 'limit' as const),
  }),
  fc.constant({ type: 'alive' as const }),
);

function refusal(message: Uint8Array<ArrayBuffer>): string {
  try {
    decodePeerFrame(message);
  } catch (error) {
    expect(error).toBeInstanceOf(ManyhandsError);
    expect((error as ManyhandsError).code).toBe('PEER_FRAME_INVALID');
    return String((error as ManyhandsError).facts.problem);
  }
  return 'accepted';
}

test('SWM-30 what is encoded decodes to the same frame', () => {
  fc.assert(
    fc.property(anyFrame, (frame) => {
      expect(decodePeerFrame(encodePeerFrame(frame))).toEqual(frame);
    }),
  );
});

test('SWM-30 a chunk of full length is one message, and a view of it', () => {
  const bytes = new Uint8Array(MAX_CHUNK_PAYLOAD).fill(7);
  const message = encodePeerFrame({ type: 'chunk', request: 1, bytes });
  expect(message.length).toBe(MAX_MESSAGE_BYTES);
  const frame = decodePeerFrame(message);
  if (frame.type !== 'chunk') throw new Error(frame.type);
  expect(frame.bytes.buffer).toBe(message.buffer);
  expect(frame.bytes).toEqual(bytes);
});

test('SWM-31 garbage is refused with a code or is a frame that encodes to the same bytes', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        bytes(0, 200),
        fc.tuple(fc.integer({ min: 1, max: 9 }), bytes(0, 120)).map(([code, rest]) => {
          const message = new Uint8Array(1 + rest.length);
          message[0] = code;
          message.set(rest, 1);
          return message;
        }),
      ),
      (message) => {
        if (refusal(message) !== 'accepted') return;
        expect(encodePeerFrame(decodePeerFrame(message))).toEqual(message);
      },
    ),
    { numRuns: 2000 },
  );
});

test('SWM-31 a frame that was cut short or made longer is refused', () => {
  const cancel = encodePeerFrame({ type: 'cancel', request: 4 });
  expect(refusal(cancel.subarray(0, 4))).toBe('length');
  expect(refusal(Uint8Array.of(...cancel, 0))).toBe('length');
  expect(refusal(Uint8Array.of(9, 0))).toBe('length');
  expect(refusal(new Uint8Array(0))).toBe('length');
  expect(refusal(Uint8Array.of(200, 1, 2))).toBe('type');
  expect(refusal(Uint8Array.of(8, 0, 0, 0, 1, 3))).toBe('reason');
});

test('SWM-31 counts and sizes beyond the limits are refused', () => {
  const id = 'ab'.repeat(32);
  const chunks = Array.from({ length: MAX_GOT_CHUNKS + 1 }, (_, i) => i);
  expect(refusal(encodePeerFrame({ type: 'got', blob: id, chunks }))).toBe('count');
  expect(refusal(encodePeerFrame({ type: 'got', blob: id, chunks: [] }))).toBe('count');
  const ticket = new Uint8Array(MAX_HELLO_BYTES + 1);
  expect(refusal(encodePeerFrame({ type: 'hello', ticket }))).toBe('length');
  expect(refusal(encodePeerFrame({ type: 'welcome', job: 'x'.repeat(65) }))).toBe('job');
  expect(refusal(new Uint8Array(MAX_MESSAGE_BYTES + 1).fill(7))).toBe('length');
  const have = new Uint8Array(8193);
  expect(refusal(encodePeerFrame({ type: 'has', job: 'j', blob: id, have }))).toBe('length');
});
