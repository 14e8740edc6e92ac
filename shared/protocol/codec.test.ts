import { Encoder } from 'cbor-x/encode';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManyhandsError } from '../errors.ts';
import { decodeCoordinatorFrame, decodeNodeFrame, encodeFrame } from './codec.ts';
import type { CoordinatorFrame, NodeFrame } from './frames.ts';
import { MAX_FRAME_BYTES } from './limits.ts';

const cbor = new Encoder({ useRecords: false, tagUint8Array: false });
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const some = (maxLength: number) => fc.uint8Array({ maxLength });
const count = fc.maxSafeNat();
const shards = fc.integer({ min: 1, max: 4096 });

const nodeFrames = fc.oneof(
  fc.record({
    type: fc.constant('hello' as const),
    versions: fc.array(fc.integer(), { minLength: 1, maxLength: 16 }),
    node: bytes(32),
    agent: fc.string({ maxLength: 100 }),
  }),
  fc.record({
    type: fc.constant('join' as const),
    signature: bytes(64),
    kinds: fc.subarray(['wasi', 'javascript'] as ('wasi' | 'javascript')[]),
    threads: fc.integer({ min: 1, max: 256 }),
    memoryMiB: count,
  }),
  fc.record({
    type: fc.constant('want' as const),
    threads: fc.integer({ min: 0, max: 256 }),
    milliseconds: count,
  }),
  fc.record({
    type: fc.constant('submit' as const),
    ticket: some(256),
    first: count,
    count: shards,
    statuses: some(300),
    digests: some(300),
    lengths: some(300),
    outputs: some(300),
    details: fc.array(fc.record({ at: count, message: fc.string(), stderr: fc.string() }), {
      maxLength: 5,
    }),
    computeMicros: count,
    signature: bytes(64),
  }),
  fc.record({ type: fc.constant('renounce' as const), tickets: fc.array(some(256)) }),
  fc.record({ type: fc.constant('resume' as const), tickets: fc.array(some(256)) }),
  fc.constant({ type: 'heartbeat' as const }),
  fc.constant({ type: 'leave' as const }),
) as fc.Arbitrary<NodeFrame>;

/** Any plain value with plain byte arrays, whatever array class the codec made. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
  return value;
}

function codeOf(decode: () => unknown): string {
  try {
    decode();
    return 'none';
  } catch (thrown) {
    if (thrown instanceof ManyhandsError) return thrown.code;
    throw thrown;
  }
}

test('GAT-6 every frame survives the wire', () => {
  fc.assert(
    fc.property(nodeFrames, (frame) => {
      expect(plain(decodeNodeFrame(encodeFrame(frame)))).toEqual(plain(frame));
    }),
  );
});

test('GAT-6 frames of the coordinator survive the wire', () => {
  const frames: CoordinatorFrame[] = [
    { type: 'welcome', version: 2, challenge: new Uint8Array(32) },
    { type: 'joined', time: 1_700_000_000_000, agreed: 2 ** 40, rejected: 0 },
    { type: 'ack', ticket: new Uint8Array(90), first: Number.MAX_SAFE_INTEGER, count: 1 },
    { type: 'revoke', tickets: [new Uint8Array(3)], reason: 'cancelled' },
    { type: 'error', code: 'STORE_FULL', message: 'full' },
    { type: 'bye', retryAfterMs: 0 },
  ];
  for (const frame of frames)
    expect(plain(decodeCoordinatorFrame(encodeFrame(frame)))).toEqual(plain(frame));
});

test('GAT-7 a frame that was cut anywhere is malformed or invalid, never something else', () => {
  fc.assert(
    fc.property(nodeFrames, fc.nat(), (frame, at) => {
      const encoded = encodeFrame(frame);
      const cut = encoded.subarray(0, at % encoded.length);
      expect(['FRAME_MALFORMED', 'FRAME_INVALID']).toContain(codeOf(() => decodeNodeFrame(cut)));
    }),
  );
});

test('GAT-7 arbitrary and altered bytes give a frame or a coded error, and harm no later frame', () => {
  const good = encodeFrame({ type: 'want', threads: 4, milliseconds: 5 });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 400 }),
        fc.tuple(nodeFrames, fc.nat(), fc.nat(255)).map(([frame, at, value]) => {
          const encoded = encodeFrame(frame).slice();
          encoded[at % encoded.length] = value;
          return encoded;
        }),
      ),
      (hostile) => {
        expect(['none', 'FRAME_MALFORMED', 'FRAME_INVALID']).toContain(
          codeOf(() => decodeNodeFrame(hostile)),
        );
        expect(decodeNodeFrame(good)).toEqual({ type: 'want', threads: 4, milliseconds: 5 });
      },
    ),
    { numRuns: 2000 },
  );
});

test('GAT-7 lengths that promise more than there is cost neither time nor memory', () => {
  const before = process.memoryUsage().arrayBuffers;
  for (const head of ['9affffffff', 'baffffffff', '5affffffff', '7affffffff', '9b00ffffffffffffff'])
    expect(codeOf(() => decodeNodeFrame(Buffer.from(head, 'hex')))).toBe('FRAME_MALFORMED');
  const nested = new Uint8Array(1_000_000).fill(0x81);
  expect(codeOf(() => decodeNodeFrame(nested))).toBe('FRAME_MALFORMED');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
});

test('GAT-7 a frame beyond the limit is not even decoded', () => {
  const huge = new Uint8Array(MAX_FRAME_BYTES + 1);
  expect(codeOf(() => decodeNodeFrame(huge))).toBe('FRAME_TOO_LARGE');
});

test('GAT-7 unknown frames, missing, extra and wrong fields are invalid and say where', () => {
  const invalid = (value: unknown) => {
    try {
      decodeNodeFrame(cbor.encode(value));
    } catch (thrown) {
      if (thrown instanceof ManyhandsError) return [thrown.code, thrown.facts.path];
    }
    return null;
  };
  expect(invalid({ type: 'teleport' })).toEqual(['FRAME_INVALID', 'type']);
  expect(invalid({ type: 'want', threads: 1 })).toEqual(['FRAME_INVALID', 'milliseconds']);
  expect(invalid({ type: 'want', threads: -1, milliseconds: 0 })).toEqual([
    'FRAME_INVALID',
    'threads',
  ]);
  expect(invalid({ type: 'want', threads: Number.NaN, milliseconds: 0 })).toEqual([
    'FRAME_INVALID',
    'threads',
  ]);
  expect(invalid({ type: 'heartbeat', extra: 1 })?.[0]).toBe('FRAME_INVALID');
  expect(invalid(['heartbeat'])?.[0]).toBe('FRAME_INVALID');
  expect(invalid(null)?.[0]).toBe('FRAME_INVALID');
  expect(invalid({ type: 'hello', versions: [2], node: new Uint8Array(31), agent: '' })).toEqual([
    'FRAME_INVALID',
    'node',
  ]);
});
