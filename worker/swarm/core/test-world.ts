import { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import { CHUNK_BYTES } from '../../../shared/blob/chunks.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { MANIFEST_CHUNK } from '../peers/peer-frames.ts';
import type { ExchangeEffect, ExchangeEvent } from './events.ts';
import { Exchange } from './exchange.ts';

export type Behaviour = 'good' | 'busy' | 'liar' | 'corrupt' | 'silent' | 'leaves';

export interface FakePeer {
  id: string;
  behaviour: Behaviour;
  have: ChunkSet;
  /** Bytes a millisecond. */
  rate: number;
}

export interface WorldOptions {
  chunks: number;
  peers: FakePeer[];
  /** Whether the coordinator has the blob, and grants only what no peer has unless starved. */
  seeded: boolean;
  maxPeers: number;
  random: () => number;
}

export const JOB = 'job';
const MAX_WINDOW = 4;

/** One exchange among pretended peers, in virtual time, with the promises about requests checked. */
export class World {
  readonly blob: BlobRef;
  readonly exchange: Exchange;
  readonly effects: { at: number; effect: ExchangeEffect }[] = [];
  now = 0;
  readonly #options: WorldOptions;
  readonly #peers: Map<string, FakePeer>;
  readonly #queue: { at: number; order: number; event: ExchangeEvent; unless?: () => boolean }[] =
    [];
  readonly #linked = new Set<string>();
  readonly #flying = new Map<string, { peer: string; chunk: number; since: number }>();
  readonly #busyUntil = new Map<string, number>();
  readonly #barred = new Set<string>();
  #wakeAt = Number.POSITIVE_INFINITY;
  #order = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.blob = {
      id: 'b'.repeat(64),
      bytes: options.chunks * CHUNK_BYTES - 5,
      manifest: 'm'.repeat(64),
    };
    this.#peers = new Map(options.peers.map((peer) => [peer.id, peer]));
    this.exchange = new Exchange({
      maxPeers: options.maxPeers,
      minWindow: 1,
      maxWindow: MAX_WINDOW,
      random: options.random,
    });
    this.tell({ type: 'join', job: JOB, blob: this.blob, have: null });
  }

  count(type: ExchangeEffect['type']): number {
    return this.effects.filter(({ effect }) => effect.type === type).length;
  }

  of<T extends ExchangeEffect['type']>(type: T): Extract<ExchangeEffect, { type: T }>[] {
    return this.effects
      .map(({ effect }) => effect)
      .filter((effect): effect is Extract<ExchangeEffect, { type: T }> => effect.type === type);
  }

  tell(event: ExchangeEvent): void {
    if (event.type === 'unlinked') this.#unlink(event.peer);
    for (const effect of this.exchange.handle(event, this.now)) this.#carryOut(effect);
  }

  /** Runs until then, or until `done`. */
  run(until: number, done: () => boolean = () => false): void {
    while (!done()) {
      this.#queue.sort((a, b) => a.at - b.at || a.order - b.order);
      const next = this.#queue[0];
      const at = Math.min(next?.at ?? Number.POSITIVE_INFINITY, this.#wakeAt);
      if (at > until) break;
      this.now = Math.max(this.now, at);
      if (next && next.at <= this.#wakeAt) {
        this.#queue.shift();
        if (next.unless?.() !== true) this.tell(next.event);
      } else {
        this.#wakeAt = Number.POSITIVE_INFINITY;
        this.tell({ type: 'tick' });
      }
    }
    this.now = Math.max(this.now, Math.min(until, this.now));
  }

  later(ms: number, event: ExchangeEvent, unless?: () => boolean): void {
    this.#queue.push({ at: this.now + ms, order: this.#order++, event, unless });
  }

  /** Links a peer as if it had dialled, and says what it has. */
  link(id: string): void {
    this.#linked.add(id);
    this.tell({ type: 'linked', peer: id, job: JOB });
    const peer = this.#peers.get(id);
    if (peer && this.#linked.has(id))
      this.tell({ type: 'peer-has', peer: id, blob: this.blob.id, have: peer.have.bits });
  }

  #carryOut(effect: ExchangeEffect): void {
    this.effects.push({ at: this.now, effect });
    switch (effect.type) {
      case 'wake':
        this.#wakeAt = effect.at;
        return;
      case 'seek':
        this.#seek(effect);
        return;
      case 'dial':
        this.#dial(effect.peer);
        return;
      case 'accuse':
        this.#barred.add(effect.peer);
        return;
      case 'hang-up':
        this.#unlink(effect.peer);
        return;
      case 'get':
        this.#get(effect);
        return;
      case 'cancel':
        this.#flying.delete(`${effect.peer} ${effect.chunk}`);
        return;
      case 'download':
        this.#download(effect.range.first, effect.range.count);
        return;
    }
  }

  #seek({ missing, starved, grant, peers }: Extract<ExchangeEffect, { type: 'seek' }>): void {
    const lacking = new ChunkSet(this.#options.chunks, missing);
    const held = new ChunkSet(this.#options.chunks);
    for (const peer of this.#peers.values())
      for (let chunk = 0; chunk < held.size; chunk++) if (peer.have.has(chunk)) held.add(chunk);
    const ranges = [];
    for (let chunk = 0; chunk < lacking.size && ranges.length < grant; chunk++)
      if (lacking.has(chunk) && (starved || !held.has(chunk)))
        ranges.push({ first: chunk, count: 1 });
    const met = [...this.#peers.keys()].filter((id) => !this.#linked.has(id)).slice(0, peers);
    this.later(20, {
      type: 'found',
      job: JOB,
      blob: this.blob.id,
      peers: met,
      grant: this.#options.seeded ? ranges : [],
      seeded: this.#options.seeded,
      retryMs: 500,
    });
  }

  #dial(id: string): void {
    if (this.#barred.has(id)) throw new Error(`${id} sent wrong bytes and is dialled again`);
    const peer = this.#peers.get(id);
    if (!peer) {
      this.later(100, { type: 'unlinked', peer: id });
      return;
    }
    this.#linked.add(id);
    if (this.#linked.size > this.#options.maxPeers) throw new Error('too many peers');
    const gone = () => !this.#linked.has(id);
    this.later(50, { type: 'linked', peer: id, job: JOB }, gone);
    const have = peer.have.bits;
    this.later(60, { type: 'peer-has', peer: id, blob: this.blob.id, have }, gone);
    if (peer.behaviour === 'leaves') this.later(900, { type: 'unlinked', peer: id }, gone);
  }

  #get({ peer: id, chunk }: Extract<ExchangeEffect, { type: 'get' }>): void {
    const key = `${id} ${chunk}`;
    const peer = this.#peers.get(id);
    if (!peer || !this.#linked.has(id)) throw new Error(`${id} is asked and is not linked`);
    if (this.#barred.has(id)) throw new Error(`${id} is asked after wrong bytes`);
    if (this.#flying.has(key)) throw new Error(`${key} is asked twice`);
    if (this.exchange.has(this.blob.id, chunk)) throw new Error(`${chunk} is here and asked`);
    if (chunk !== MANIFEST_CHUNK && !this.exchange.has(this.blob.id, MANIFEST_CHUNK))
      throw new Error('a chunk is asked before the manifest');
    this.#flying.set(key, { peer: id, chunk, since: this.now });
    const same = [...this.#flying.values()].filter((flight) => flight.chunk === chunk);
    if (same.length > 2) throw new Error(`${chunk} is asked of ${same.length}`);
    if (same.length === 2 && same[0].since === same[1].since)
      throw new Error(`${chunk} is asked of two at once`);
    const ofPeer = [...this.#flying.values()].filter((flight) => flight.peer === id);
    if (ofPeer.length > MAX_WINDOW) throw new Error(`${ofPeer.length} asked of ${id}`);
    this.#answer(peer, chunk, key);
  }

  #answer(peer: FakePeer, chunk: number, key: string): void {
    if (peer.behaviour === 'silent') return;
    const { blob } = this;
    const bytes = chunk === MANIFEST_CHUNK ? 500 : CHUNK_BYTES;
    const start = Math.max(this.now, this.#busyUntil.get(peer.id) ?? 0);
    const took = start - this.now + bytes / peer.rate;
    const cancelled = () => !this.#flying.delete(key);
    const refuse = (reason: 'absent' | 'busy') =>
      this.later(30, { type: 'refused', peer: peer.id, blob: blob.id, chunk, reason }, cancelled);
    const busy = peer.behaviour === 'busy' && this.#options.random() < 0.5;
    if (busy || peer.behaviour === 'liar') {
      refuse(busy ? 'busy' : 'absent');
      return;
    }
    if (chunk !== MANIFEST_CHUNK && !peer.have.has(chunk)) throw new Error('asked who lacks it');
    this.#busyUntil.set(peer.id, this.now + took);
    const good = peer.behaviour !== 'corrupt';
    this.later(
      took,
      { type: 'received', peer: peer.id, blob: blob.id, chunk, bytes, good },
      cancelled,
    );
  }

  #download(first: number, count: number): void {
    const { blob } = this;
    if (first === MANIFEST_CHUNK) {
      this.later(40, { type: 'downloaded', blob: blob.id, chunk: first });
    } else
      for (let chunk = first; chunk < first + count; chunk++) {
        if (this.exchange.has(blob.id, chunk)) throw new Error(`${chunk} is here and downloaded`);
        this.later(40 * (1 + chunk - first), { type: 'downloaded', blob: blob.id, chunk });
      }
    const range = { first, count };
    this.later(40 * count + 1, { type: 'download-ended', blob: blob.id, range, failed: false });
  }

  #unlink(id: string): void {
    this.#linked.delete(id);
    for (const [key, flight] of this.#flying) if (flight.peer === id) this.#flying.delete(key);
  }
}
