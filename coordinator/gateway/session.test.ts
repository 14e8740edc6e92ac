import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { joinMessage } from '../../shared/identity/messages.ts';
import { decodeCoordinatorFrame, encodeFrame } from '../../shared/protocol/codec.ts';
import type { CoordinatorFrame, NodeFrame } from '../../shared/protocol/frames.ts';
import { HEARTBEAT_MISSES, HEARTBEAT_MS } from '../../shared/protocol/limits.ts';
import type { Dispatcher } from './dispatcher.ts';
import { CloseCode, HANDSHAKE_MS, MAX_UNSENT_BYTES } from './limits.ts';
import type { NodeLink } from './node-link.ts';
import { Session } from './session.ts';
import { Tickets } from './tickets.ts';

const keys = generateKeyPairSync('ed25519');
const publicKey = new Uint8Array(
  Buffer.from(keys.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
);
const privateKey = createPrivateKey(keys.privateKey.export({ format: 'pem', type: 'pkcs8' }));

let now: number;
let sent: CoordinatorFrame[];
let closed: number | null;
let unsent: number;
let left: number[];
let link: NodeLink | null;
let session: Session;

beforeEach(() => {
  now = 1_700_000_000_000;
  sent = [];
  closed = null;
  unsent = 0;
  left = [];
  link = null;
  const dispatcher = {
    meter: { faults: 0, decodeMs: 0, verifyMs: 0 },
    join(joined: NodeLink) {
      link = joined;
      return 5;
    },
    leave: (node: number) => left.push(node),
  } as unknown as Dispatcher;
  const wire = {
    get unsent() {
      return unsent;
    },
    send: (bytes: Uint8Array) => sent.push(decodeCoordinatorFrame(bytes)),
    close(code: number) {
      closed = code;
    },
  };
  const context = {
    dispatcher,
    tickets: new Tickets(new Uint8Array(32)),
    desk: { joined() {}, receive() {}, left() {}, leased() {} },
    now: () => now,
    claimKey() {},
  };
  session = new Session(context, wire, null);
});

const receive = (frame: NodeFrame) => session.receive(encodeFrame(frame));

function join(): void {
  receive({ type: 'hello', versions: [2], node: publicKey, agent: 'test' });
  const welcome = sent.pop();
  if (welcome?.type !== 'welcome') throw new Error('no welcome');
  receive({
    type: 'join',
    signature: new Uint8Array(sign(null, joinMessage(welcome.challenge), privateKey)),
    kinds: ['wasi'],
    threads: 1,
    memoryMiB: 1,
  });
}

test('GAT-38 a node that is silent for three heartbeats is given up; one that speaks is not', () => {
  join();
  for (let beat = 0; beat < 10; beat++) {
    now += HEARTBEAT_MS;
    receive({ type: 'heartbeat' });
    session.check(now);
  }
  expect(closed).toBeNull();
  now += HEARTBEAT_MS * HEARTBEAT_MISSES;
  session.check(now);
  expect(closed).toBeNull();
  session.check(now + 1);
  expect(closed).toBe(CloseCode.silent);
  expect(sent.at(-1)).toMatchObject({ type: 'error', code: 'NODE_SILENT' });
  expect(left).toEqual([5]);
});

test('GAT-39 a handshake ends in time, whatever arrives meanwhile', () => {
  for (let i = 0; i < 5; i++) {
    now += HANDSHAKE_MS / 5;
    session.receive(Uint8Array.of(0xff));
    session.check(now);
  }
  expect(closed).toBeNull();
  session.check(now + 1);
  expect(closed).toBe(CloseCode.notProven);
});

test('GAT-40 a node that does not read what it is sent is let go', () => {
  join();
  unsent = MAX_UNSENT_BYTES + 1;
  link?.idle('no-jobs');
  expect(closed).toBe(CloseCode.notReading);
  expect(left).toEqual([5]);
});

test('GAT-41 after the end nothing is taken, sent, or reported a second time', () => {
  join();
  session.bye();
  const count = sent.length;
  expect(sent.at(-1)).toMatchObject({ type: 'bye' });
  receive({ type: 'want', threads: 1, milliseconds: 1 });
  link?.idle('no-jobs');
  session.bye();
  session.gone();
  expect(sent).toHaveLength(count);
  expect(left).toEqual([5]);
});
