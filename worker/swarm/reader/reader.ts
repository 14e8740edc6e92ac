import type { BlobRef } from '../../../shared/blob/ref.ts';
import { generateNodeKeys, type NodeKeys, sign } from '../../../shared/identity/keys.ts';
import { joinMessage } from '../../../shared/identity/messages.ts';
import type { CoordinatorFrame, SwarmNodeFrame } from '../../../shared/protocol/frames.ts';
import { HEARTBEAT_MS, PROTOCOL_VERSIONS } from '../../../shared/protocol/limits.ts';
import { CoordinatorSocket } from '../../engine/socket.ts';
import { MemoryCache } from '../cache/memory-cache.ts';
import type { LinkEvents, Links } from '../links/links.ts';
import { Swarm } from '../swarm.ts';
import { DEFAULT_DATA_SETTINGS } from '../swarm-view.ts';
import { localDate, NO_DAY_STORAGE } from '../traffic.ts';

/** Outputs held for other nodes and for being read again; a requester's page is no store. */
const CACHE_BYTES = 256 * 1024 * 1024;
/** Pause before the coordinator is tried again; reading goes on by HTTP meanwhile. */
const RECONNECT_MS = 5_000;

export interface ReaderOptions {
  /** Address of the coordinator without a trailing slash. */
  base: string;
  /** Null where there are no peer connections. */
  createLinks: ((events: LinkEvents) => Links) | null;
}

/**
 * Reads a job's large outputs straight from the nodes that hold them, or from the coordinator where
 * none delivers. To the coordinator it is a node that runs nothing, with keys of its own.
 */
export class SwarmReader {
  readonly #swarm: Swarm;
  readonly #socket: CoordinatorSocket;
  readonly #keys: Promise<NodeKeys> = generateNodeKeys();
  readonly #passes = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #stopped = false;

  constructor({ base, createLinks }: ReaderOptions) {
    this.#swarm = new Swarm({
      base,
      createLinks,
      cache: new MemoryCache({ quotaBytes: CACHE_BYTES, now: Date.now }),
      data: { ...DEFAULT_DATA_SETTINGS, cacheMiB: CACHE_BYTES / 2 ** 20 },
      saveData: false,
      send: (frame) => this.#send(frame),
      dayStorage: NO_DAY_STORAGE,
      fetch: (...request) => fetch(...request),
      now: () => performance.now(),
      today: () => localDate(new Date()),
      random: Math.random,
      onChange: () => {},
      onOutputs: () => {},
    });
    this.#socket = new CoordinatorSocket(`${base.replace(/^http/, 'ws')}/node`, {
      onOpen: () => void this.#greet(),
      onFrame: (frame) => void this.#receive(frame),
      onClosed: () => this.#closed(),
    });
    this.#heartbeat = setInterval(() => this.#socket.send({ type: 'heartbeat' }), HEARTBEAT_MS);
    this.#socket.open();
  }

  /** The coordinator's leave to seek outputs of this job. */
  setPass(job: string, pass: Uint8Array<ArrayBuffer>): void {
    this.#passes.set(job, pass);
  }

  /**
   * A whole output.
   * @throws ManyhandsError `DOWNLOAD_FAILED`, `BLOB_MISMATCH`
   */
  read(job: string, ref: BlobRef): Promise<Uint8Array<ArrayBuffer>> {
    return this.#swarm.referred(job, ref);
  }

  /** Bytes that came from other browsers since the start. */
  get fromPeers(): number {
    return this.#swarm.view().fromPeers;
  }

  #send(frame: SwarmNodeFrame): boolean {
    // What it has read it does not offer: its page may be closed at any moment.
    if (frame.type === 'hold' || frame.type === 'unhold') return true;
    if (frame.type !== 'seek') return this.#socket.send(frame);
    const pass = this.#passes.get(frame.job);
    return this.#socket.send(pass ? { ...frame, pass } : frame);
  }

  async #greet(): Promise<void> {
    const { publicKey } = await this.#keys;
    this.#socket.send({
      type: 'hello',
      versions: [...PROTOCOL_VERSIONS],
      node: publicKey,
      agent: 'reader 0.1.0',
    });
  }

  async #receive(frame: CoordinatorFrame): Promise<void> {
    switch (frame.type) {
      case 'welcome': {
        const signature = await sign(await this.#keys, joinMessage(frame.challenge));
        this.#socket.send({ type: 'join', signature, kinds: [], threads: 1, memoryMiB: 0 });
        break;
      }
      case 'joined':
        this.#swarm.joined(frame.time);
        break;
      case 'error':
        this.#swarm.refused(frame.code);
        break;
      case 'entered':
      case 'found':
      case 'deposit':
      case 'release':
        this.#swarm.receive(frame);
        break;
    }
  }

  #closed(): void {
    this.#swarm.disconnected();
    if (!this.#stopped) setTimeout(() => !this.#stopped && this.#socket.open(), RECONNECT_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#heartbeat);
    await this.#swarm.stop();
    this.#socket.close();
  }
}
