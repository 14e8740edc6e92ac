import { WebSocket } from 'ws';
import { concat, utf8 } from '../../shared/bytes.ts';
import { generateNodeKeys, type NodeKeys, sign } from '../../shared/identity/keys.ts';
import { joinMessage, submissionMessage } from '../../shared/identity/messages.ts';
import { decodeCoordinatorFrame, encodeFrame } from '../../shared/protocol/codec.ts';
import type { CoordinatorFrame, NodeFrame, SubmitFrame } from '../../shared/protocol/frames.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import { outputHash } from './output-hash.ts';

export type FrameOf<T extends CoordinatorFrame['type']> = Extract<CoordinatorFrame, { type: T }>;
export type LeaseFrame = FrameOf<'lease'>;

/** How long a test waits for a frame before it fails: only a failing test waits so long. */
const PATIENCE_MS = 20_000;

export interface TestNodeOptions {
  keys?: NodeKeys;
}

/** A node that does exactly what a test tells it, right or wrong. */
export class TestNode {
  readonly keys: NodeKeys;
  readonly #socket: WebSocket;
  readonly #arrived: CoordinatorFrame[] = [];
  readonly #waiting: (() => void)[] = [];
  /** Close code and reason, once it is closed. */
  closed: { code: number; reason: string } | null = null;

  private constructor(socket: WebSocket, keys: NodeKeys) {
    this.#socket = socket;
    this.keys = keys;
    const wake = () => {
      for (const resume of this.#waiting.splice(0)) resume();
    };
    socket.on('message', (data: Buffer) => {
      this.#arrived.push(decodeCoordinatorFrame(data));
      wake();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      wake();
    });
    socket.on('error', () => {});
  }

  static async connect(url: string, options: TestNodeOptions): Promise<TestNode> {
    const keys = options.keys ?? (await generateNodeKeys());
    const socket = new WebSocket(url, { handshakeTimeout: PATIENCE_MS });
    const node = new TestNode(socket, keys);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return node;
  }

  send(frame: NodeFrame): void {
    this.sendBytes(encodeFrame(frame));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.send(bytes);
  }

  /** The next frame of this type; those before it are dropped. */
  next<T extends CoordinatorFrame['type']>(type: T): Promise<FrameOf<T>> {
    return this.nextOf([type]);
  }

  /** The next frame of one of these types; others before it are dropped. */
  async nextOf<T extends CoordinatorFrame['type']>(types: readonly T[]): Promise<FrameOf<T>> {
    const wanted: readonly string[] = types;
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      for (let frame = this.#arrived.shift(); frame; frame = this.#arrived.shift())
        if (wanted.includes(frame.type)) return frame as FrameOf<T>;
      if (this.closed) throw new Error(`closed before ${types}`);
      await this.#change(until, types.join(' or '));
    }
  }

  /** Resolves when the coordinator has closed the connection. */
  async end(): Promise<{ code: number; reason: string }> {
    const until = Date.now() + PATIENCE_MS;
    while (this.closed === null) await this.#change(until, 'close');
    return this.closed;
  }

  /** Frames of this type that have arrived and were not looked at. */
  pending<T extends CoordinatorFrame['type']>(type: T): FrameOf<T>[] {
    return this.#arrived.filter((frame) => frame.type === type) as FrameOf<T>[];
  }

  async hello(versions = [2]): Promise<FrameOf<'welcome'>> {
    this.send({ type: 'hello', versions, node: this.keys.publicKey, agent: 'test' });
    return this.next('welcome');
  }

  async join(): Promise<FrameOf<'joined'>> {
    const { challenge } = await this.hello();
    await this.prove(challenge, this.keys);
    return this.next('joined');
  }

  async prove(challenge: Uint8Array, keys: NodeKeys): Promise<void> {
    this.send({
      type: 'join',
      signature: await sign(keys, joinMessage(challenge)),
      kinds: ['wasi', 'javascript'],
      threads: 4,
      memoryMiB: 4096,
    });
  }

  /** Asks for work and waits for a lease. */
  async lease(milliseconds = 60_000): Promise<LeaseFrame> {
    this.send({ type: 'want', threads: 4, milliseconds });
    return this.next('lease');
  }

  /** A right submission for a part of a lease, with `changes` made before or after it is signed. */
  async submission(
    lease: LeaseFrame,
    part: {
      first?: number;
      count?: number;
      output?: (shard: number) => string;
      status?: (shard: number) => number;
    } = {},
    beforeSigning: Partial<SubmitFrame> = {},
    afterSigning: Partial<SubmitFrame> = {},
  ): Promise<SubmitFrame> {
    const { first = lease.first, count = lease.count } = part;
    const { output = (shard) => `${shard}`, status = () => Outcome.ok } = part;
    const shards = Array.from({ length: count }, (_, i) => first + i);
    const statuses = Uint8Array.from(shards, status);
    const outputs = shards.map((shard, i) => utf8(statuses[i] === Outcome.ok ? output(shard) : ''));
    const columns = {
      ticket: lease.ticket,
      first,
      count,
      statuses,
      digests: concat(outputs.map((bytes, i) => outputHash(statuses[i], bytes))),
      lengths: new Uint8Array(Uint32Array.from(outputs, ({ length }) => length).buffer),
      outputs: concat(outputs),
      ...beforeSigning,
    };
    const signature = await sign(this.keys, submissionMessage(columns));
    return {
      type: 'submit',
      ...columns,
      details: [],
      computeMicros: 1000,
      signature,
      ...afterSigning,
    };
  }

  /** Closes the connection without a word. */
  close(): void {
    this.#socket.terminate();
  }

  async #change(until: number, awaited: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push(resolve);
      timer = setTimeout(() => reject(new Error(`no ${awaited}`)), until - Date.now());
    });
    clearTimeout(timer);
  }
}
