import { CHUNK_BYTES } from '../../shared/blob/chunks.ts';
import { equalBytes } from '../../shared/bytes.ts';
import type { Rendezvous } from '../../worker/swarm/links/links.ts';
import { PortLinks } from '../../worker/swarm/links/port-links.ts';
import { decodePeerFrame, encodePeerFrame } from '../../worker/swarm/peers/peer-codec.ts';

/**
 * The engine's worker of a node that does nothing but transfer: it asks as the exchange does, a
 * window of chunks at a time, and verifies each one's SHA-256.
 */
const WINDOW = 8;
const JOB = 'bench';
const BLOB = '0'.repeat(64);

/** Chunks that all differ, and can be made on both sides. */
function makeChunk(chunk: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(CHUNK_BYTES);
  const words = new Uint32Array(bytes.buffer);
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + 1, 0x9e37_79b1) ^ chunk;
  return bytes;
}

const digest = async (bytes: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

let links: PortLinks;
/** What is served, and the digests of what is asked for. */
const chunks: Uint8Array<ArrayBuffer>[] = [];
const digests: Uint8Array[] = [];

let peer = '';
let wanted = 0;
let asked = 0;
let verified = 0;
let bad = 0;
let done = () => {};

function ask(): void {
  for (; asked < wanted && asked - verified - bad < WINDOW; asked++)
    void links.send(
      peer,
      encodePeerFrame({ type: 'get', request: asked, job: JOB, blob: BLOB, chunk: asked }),
    );
}

let serving = Promise.resolve();

function receive(from: string, message: Uint8Array<ArrayBuffer>): void {
  const frame = decodePeerFrame(message);
  if (frame.type === 'get') {
    const { request, chunk } = frame;
    serving = serving.then(() =>
      links.send(from, encodePeerFrame({ type: 'chunk', request, bytes: chunks[chunk] })),
    );
  } else if (frame.type === 'chunk') void verify(frame.request, frame.bytes);
}

async function verify(chunk: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  if (equalBytes(await digest(bytes), digests[chunk])) verified++;
  else bad++;
  ask();
  if (verified + bad === wanted) done();
}

const opened = Promise.withResolvers<void>();

/** What the page asks for, by name; each is answered with its result. */
const tasks = {
  async start(rendezvous: Rendezvous, bytes: number, port: MessagePort): Promise<string> {
    const reachable = Promise.withResolvers<void>();
    links = new PortLinks(port, {
      onOpen: () => opened.resolve(),
      onMessage: receive,
      onClosed: () => {},
      onReachable: (yes) => yes && reachable.resolve(),
    });
    for (let chunk = 0; chunk < bytes / CHUNK_BYTES; chunk++) {
      chunks.push(makeChunk(chunk));
      digests.push(await digest(chunks[chunk]));
    }
    const self = await links.open();
    links.meet(rendezvous);
    await reachable.promise;
    return self;
  },
  async dial(to: string): Promise<void> {
    peer = to;
    links.dial(to);
    await opened.promise;
  },
  /** Milliseconds until all of it was here and verified; NaN where something was not. */
  async fetch(bytes: number): Promise<number> {
    [wanted, asked, verified, bad] = [bytes / CHUNK_BYTES, 0, 0, 0];
    const began = performance.now();
    await new Promise<void>((resolve) => {
      done = resolve;
      ask();
    });
    return bad === 0 ? performance.now() - began : Number.NaN;
  },
};

self.onmessage = async ({ data, ports }: MessageEvent<[keyof typeof tasks, ...never[]]>) => {
  const [name, ...args] = data;
  const task = tasks[name] as (...args: unknown[]) => Promise<unknown>;
  self.postMessage(await task(...args, ...ports));
};
