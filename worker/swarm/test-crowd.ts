import { ChunkSet } from '../../shared/blob/chunk-set.ts';
import { chunkCount } from '../../shared/blob/chunks.ts';
import { describeBlob } from '../../shared/blob/manifest.ts';
import type { BlobRef } from '../../shared/blob/ref.ts';
import { introductionMessage, sealIntroduction } from '../../shared/identity/introduction.ts';
import type { SwarmCoordinatorFrame, SwarmNodeFrame } from '../../shared/protocol/frames.ts';
import { exampleJob } from '../engine/core/test-jobs.ts';
import { MemoryCache } from './cache/memory-cache.ts';
import type { LinkEvents, Links } from './links/links.ts';
import { MemoryNetwork } from './links/memory-links.ts';
import { Swarm } from './swarm.ts';
import type { SwarmOptions } from './swarm-options.ts';
import { DEFAULT_DATA_SETTINGS } from './swarm-view.ts';
import { NO_DAY_STORAGE } from './traffic.ts';

type FrameOf<T extends SwarmNodeFrame['type']> = Extract<SwarmNodeFrame, { type: T }>;

/** A node of the crowd: its swarm, and what the coordinator has heard of it. */
export interface Member {
  swarm: Swarm;
  /** Its peer id, once it has entered. */
  peer: string | null;
  frames: SwarmNodeFrame[];
  /** Takes frames that the coordinator sends it. */
  receive(frame: SwarmCoordinatorFrame): void;
}

/**
 * Nodes with a coordinator played around them: blobs by HTTP, grants of chunks that nobody was
 * granted before, introductions with tickets signed by a real key.
 */
export class TestCrowd {
  readonly network = new MemoryNetwork();
  readonly members: Member[] = [];
  readonly blobs = new Map<string, Uint8Array<ArrayBuffer>>();
  /** Blobs that were uploaded. */
  readonly deposits = new Map<string, Uint8Array<ArrayBuffer>>();
  /** Bytes of blobs that left the coordinator, by blob. */
  readonly sent = new Map<string, number>();
  /** Who was granted which chunk of which blob. */
  readonly granted = new Map<string, Map<number, Member>>();
  /** How long tickets are good for, in milliseconds; their job where it is to be another one. */
  ticketMs = 60_000;
  ticketJob: string | null = null;
  /** Whether nodes are introduced to each other. */
  introduces = true;
  readonly #keys: CryptoKeyPair;
  readonly #key: Uint8Array<ArrayBuffer>;
  #forger: CryptoKeyPair | null = null;

  private constructor(keys: CryptoKeyPair, key: Uint8Array<ArrayBuffer>) {
    this.#keys = keys;
    this.#key = key;
  }

  static async make(): Promise<TestCrowd> {
    const keys = (await crypto.subtle.generateKey('Ed25519', true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair;
    const key = new Uint8Array(await crypto.subtle.exportKey('raw', keys.publicKey));
    return new TestCrowd(keys, key);
  }

  /** From now on tickets are signed by somebody else. */
  async forge(): Promise<void> {
    this.#forger = (await crypto.subtle.generateKey('Ed25519', true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair;
  }

  /** Puts a blob on the coordinator. */
  seed(bytes: Uint8Array<ArrayBuffer>): BlobRef {
    const { ref, manifest } = describeBlob(bytes);
    this.blobs.set(ref.id, bytes);
    if (manifest) this.blobs.set(`${ref.id}/manifest`, manifest);
    return ref;
  }

  /** A node that has joined. */
  join(
    options: Partial<SwarmOptions> = {},
    wrap: (links: Links, events: LinkEvents) => Links = (links) => links,
  ): Member {
    const member: Member = {
      peer: null,
      frames: [],
      receive: (frame) => member.swarm.receive(frame),
      swarm: new Swarm({
        base: 'http://coordinator.test',
        cache: new MemoryCache({ quotaBytes: 2 ** 30, now: () => performance.now() }),
        data: DEFAULT_DATA_SETTINGS,
        createLinks: (events) => wrap(this.network.links(events), events),
        saveData: false,
        send: (frame) => {
          member.frames.push(frame);
          queueMicrotask(() => void this.#answer(member, frame));
          return true;
        },
        dayStorage: NO_DAY_STORAGE,
        fetch: (url, init) => this.#fetch(String(url), init),
        now: () => performance.now(),
        today: () => 'today',
        random: Math.random,
        onChange: () => {},
        onOutputs: () => {},
        ...options,
      }),
    };
    this.members.push(member);
    member.swarm.joined(Date.now());
    return member;
  }

  /** A node that has the job, with its blobs. */
  worker(
    refs: readonly BlobRef[],
    options: Partial<SwarmOptions> = {},
    wrap?: (links: Links, events: LinkEvents) => Links,
  ): Member {
    const member = this.join(options, wrap);
    member.swarm.addJob(exampleJob('job', { blobs: [...refs] }));
    return member;
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map(({ swarm }) => swarm.stop()));
  }

  /** Frames of a kind that a node has sent. */
  of<T extends SwarmNodeFrame['type']>(member: Member, type: T): FrameOf<T>[] {
    return member.frames.filter((frame): frame is FrameOf<T> => frame.type === type);
  }

  async #answer(member: Member, frame: SwarmNodeFrame): Promise<void> {
    if (frame.type === 'enter') {
      member.peer = frame.reachable ? frame.peer : null;
      member.receive({
        type: 'entered',
        relay: { peer: 'relay'.padEnd(40, 'x'), path: '/relay' },
        key: this.#key,
        iceServers: [],
      });
    }
    if (frame.type === 'seek') member.receive(await this.#find(member, frame));
    if (frame.type === 'parting') member.receive({ type: 'deposit', blobs: [], last: true });
  }

  async #find(
    member: Member,
    { job, blob, missing, grant, peers, starved }: FrameOf<'seek'>,
  ): Promise<Extract<SwarmCoordinatorFrame, { type: 'found' }>> {
    const chunks = chunkCount(blob.bytes);
    const granted = this.granted.get(blob.id) ?? new Map<number, Member>();
    this.granted.set(blob.id, granted);
    const lacking = new ChunkSet(chunks, missing);
    const seeded = this.blobs.has(blob.id);
    const ranges: { first: number; count: number }[] = [];
    for (let chunk = 0; chunk < chunks && seeded && ranges.length < grant; chunk++)
      if (lacking.has(chunk) && (starved || (granted.get(chunk) ?? member) === member)) {
        granted.set(chunk, member);
        ranges.push({ first: chunk, count: 1 });
      }
    const others = this.members.filter(
      (other) => other !== member && other.peer && member.peer && this.introduces,
    );
    const met = await Promise.all(
      others.slice(0, peers).map(async (other) => ({
        peer: other.peer as string,
        ticket: await this.ticket(
          this.ticketJob ?? job,
          member.peer as string,
          other.peer as string,
        ),
      })),
    );
    return { type: 'found', job, blob: blob.id, peers: met, grant: ranges, seeded, retryMs: 20 };
  }

  async ticket(job: string, from: string, to: string): Promise<Uint8Array<ArrayBuffer>> {
    const introduction = { job, from, to, until: Date.now() + this.ticketMs };
    const { privateKey } = this.#forger ?? this.#keys;
    const signature = await crypto.subtle.sign(
      'Ed25519',
      privateKey,
      introductionMessage(introduction),
    );
    return sealIntroduction(introduction, new Uint8Array(signature));
  }

  async #fetch(url: string, init?: RequestInit): Promise<Response> {
    const { pathname } = new URL(url);
    const id = pathname.replace(/^\/v1\/(blobs|deposits)\//, '');
    if (init?.method === 'PUT') {
      this.deposits.set(id, init.body as Uint8Array<ArrayBuffer>);
      return new Response('{}', { status: 201 });
    }
    const bytes = this.blobs.get(id);
    if (!bytes) return new Response('', { status: 404 });
    const range = new Headers(init?.headers).get('Range')?.match(/^bytes=(\d+)-(\d+)$/);
    const body = range ? bytes.slice(Number(range[1]), Number(range[2]) + 1) : bytes.slice();
    this.sent.set(id, (this.sent.get(id) ?? 0) + body.length);
    return new Response(body, { status: range ? 206 : 200 });
  }
}

/** Bytes that repeat nowhere. */
export function randomBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
