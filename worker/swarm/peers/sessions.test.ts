import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { introductionMessage, sealIntroduction } from '../../../shared/identity/introduction.ts';
import type { ExchangeEvent } from '../core/events.ts';
import {
  HAS_BYTES_PER_FRAME,
  MAX_PEER_TICKETS,
  MAX_UNREAD_REFUSALS,
  PEER_FRAMES_PER_SECOND,
  READS_AHEAD_PER_PEER,
} from '../limits.ts';
import type { Links } from '../links/links.ts';
import { TrafficCount } from '../traffic.ts';
import { Catalogue } from '../transfers/catalogue.ts';
import { decodePeerFrame, encodePeerFrame } from './peer-codec.ts';
import type { PeerFrame } from './peer-frames.ts';
import { Sessions } from './sessions.ts';
import { Uploads } from './uploads.ts';

const BLOB = 'ab'.repeat(32);
const REF = { id: BLOB, bytes: 1024, manifest: BLOB };

let keys: CryptoKeyPair;
let key: Uint8Array<ArrayBuffer>;
let events: ExchangeEvent[];
let sent: PeerFrame[];
let hungUp: string[];
let reads: number;
/** Whether what is sent ever leaves. */
let peerReads: boolean;
let sessions: Sessions;

beforeAll(async () => {
  keys = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  key = new Uint8Array(await crypto.subtle.exportKey('raw', keys.publicKey));
});

beforeEach(() => {
  events = [];
  sent = [];
  hungUp = [];
  reads = 0;
  peerReads = true;
  const links: Links = {
    open: async () => 'here',
    meet: () => {},
    dial: () => {},
    send: (_, message) => {
      sent.push(decodePeerFrame(message));
      return peerReads ? Promise.resolve() : new Promise(() => {});
    },
    hangUp: (peer) => hungUp.push(peer),
    close: () => {},
  };
  const catalogue = new Catalogue();
  catalogue.addJob('job', [REF]);
  const traffic = new TrafficCount(
    () => 'today',
    () => {},
  );
  const uploads = new Uploads({
    now: () => 0,
    traffic,
    read: () => {
      reads++;
      return new Promise(() => {});
    },
    send: (peer, frame) => sessions.send(peer, frame),
    onSent: () => {},
  });
  sessions = new Sessions({
    now: () => 0,
    coordinatorTime: () => 0,
    links: () => links,
    standing: () => ({ peer: 'here', key }),
    catalogue,
    traffic,
    uploads,
    lengthOf: (blob, chunk) => (blob === BLOB && chunk === 0 ? REF.bytes : null),
    dispatch: (event) => events.push(event),
    onChunk: () => {},
  });
  sessions.opened('peer');
});

const say = (frame: PeerFrame) => sessions.receive('peer', encodePeerFrame(frame));

async function admit(): Promise<void> {
  const introduction = { job: 'job', from: 'peer', to: 'here', until: 1 };
  const signed = await crypto.subtle.sign(
    'Ed25519',
    keys.privateKey,
    introductionMessage(introduction),
  );
  say({ type: 'hello', ticket: sealIntroduction(introduction, new Uint8Array(signed)) });
  await vi.waitFor(() =>
    expect(events).toContainEqual({ type: 'linked', peer: 'peer', job: 'job' }),
  );
}

test('SWM-84 a peer that shows ticket after ticket is let go', async () => {
  await admit();
  for (let shown = 1; shown < MAX_PEER_TICKETS; shown++)
    say({ type: 'hello', ticket: new Uint8Array(100) });
  expect(hungUp).toEqual([]);
  say({ type: 'hello', ticket: new Uint8Array(100) });
  expect(hungUp).toEqual(['peer']);
});

test('SWM-84 a peer that asks on and on and reads no answer is let go', async () => {
  await admit();
  peerReads = false;
  const ask = (request: number) => say({ type: 'get', request, job: 'job', blob: BLOB, chunk: 7 });
  for (let request = 0; request < MAX_UNREAD_REFUSALS; request++) ask(request);
  expect(hungUp).toEqual([]);
  ask(MAX_UNREAD_REFUSALS);
  expect(hungUp).toEqual(['peer']);
});

test('SWM-84 a peer that reads its refusals may go on asking', async () => {
  await admit();
  for (let request = 0; request < 4 * MAX_UNREAD_REFUSALS; request++) {
    say({ type: 'get', request, job: 'job', blob: BLOB, chunk: 7 });
    await Promise.resolve();
  }
  await vi.waitFor(() => expect(sent.length).toBeGreaterThan(4 * MAX_UNREAD_REFUSALS));
  expect(hungUp).toEqual([]);
});

test('SWM-84 what a peer says it holds counts by its length', async () => {
  await admit();
  const have = new Uint8Array(8192);
  const most = Math.ceil(PEER_FRAMES_PER_SECOND / (1 + have.length / HAS_BYTES_PER_FRAME));
  for (let said = 0; said < most; said++) say({ type: 'has', job: 'job', blob: BLOB, have });
  expect(hungUp).toEqual([]);
  say({ type: 'has', job: 'job', blob: BLOB, have });
  expect(hungUp).toEqual(['peer']);
});

test('SWM-84 asking and cancelling keeps the disk no busier than asking', async () => {
  await admit();
  for (let request = 0; request < 100; request++) {
    say({ type: 'get', request, job: 'job', blob: BLOB, chunk: 0 });
    say({ type: 'cancel', request });
  }
  expect(reads).toBeLessThanOrEqual(READS_AHEAD_PER_PEER + 1);
});
