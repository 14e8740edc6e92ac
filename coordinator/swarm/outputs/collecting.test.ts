import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { describeBlob } from '../../../shared/blob/manifest.ts';
import { utf8 } from '../../../shared/bytes.ts';
import type { SwarmCoordinatorFrame } from '../../../shared/protocol/frames.ts';
import { MAX_WAITING } from './limits.ts';
import { Outputs, type OutputsOptions } from './outputs.ts';

const SLOW = describeBlob(utf8('of a slow node')).ref;
const QUICK = describeBlob(utf8('of a quick node')).ref;

let here: Set<string>;
let received: number;
let outputs: Outputs;

beforeEach(() => {
  here = new Set();
  received = 0;
  const refs = [SLOW, QUICK];
  outputs = new Outputs({
    store: {
      secret: new Uint8Array(32),
      outputsOfBlob: async (id: string) =>
        refs.filter((ref) => ref.id === id).map((blob) => ({ blob })),
      outputKept: async () => {},
      job: async () => ({ state: 'running' }),
    },
    blobs: {
      size: async (id: string) =>
        here.has(id) ? (refs.find((ref) => ref.id === id)?.bytes ?? null) : null,
      receive: async (_: unknown, { expected }: { expected: string }) => {
        received++;
        here.add(expected);
      },
    },
    dispatcher: { onVerdicts() {}, onJobEnd() {}, reopenShards: async () => 0 },
    now: () => 0,
    onError: (thrown: unknown) => {
      throw thrown;
    },
  } as unknown as OutputsOptions);
});
afterEach(() => outputs.stop());

/** A node that holds these; what it is told comes into the list. */
function node(number: number, refs: (typeof SLOW)[]): SwarmCoordinatorFrame[] {
  const told: SwarmCoordinatorFrame[] = [];
  const key = String(number).repeat(64);
  const send = (frame: SwarmCoordinatorFrame) => told.push(frame);
  outputs.held({ number, key, network: null, send }, 'job', refs);
  return told;
}

const ticketFor = (told: readonly SwarmCoordinatorFrame[]) => {
  const asked = told.find((frame) => frame.type === 'deposit');
  return Buffer.from(asked?.blobs[0].ticket ?? []).toString('hex');
};

test('SWM-122 whoever finds all places to wait taken is not waited for, but the output comes', async () => {
  node(1, [SLOW]);
  const told = node(2, [QUICK]);
  const gone = new AbortController();
  const waiting = Array.from({ length: MAX_WAITING }, () => outputs.collect(SLOW.id, gone.signal));
  await vi.waitFor(async () => {
    expect(await outputs.collect(QUICK.id, gone.signal)).toBe('on-nodes');
    expect(ticketFor(told)).not.toBe('');
  });
  gone.abort();
  expect(await Promise.all(waiting)).not.toContain('here');
});

test('SWM-124 a ticket that is shown again has nothing written again', async () => {
  const told = node(2, [QUICK]);
  outputs.ask(QUICK.id);
  await vi.waitFor(() => expect(ticketFor(told)).not.toBe(''));
  for (let upload = 0; upload < 3; upload++)
    expect(
      await outputs.deposit(QUICK.id, ticketFor(told), { bytes: [], declaredBytes: undefined }),
    ).toEqual({ id: QUICK.id, bytes: QUICK.bytes });
  expect(received).toBe(1);
});
