import type { BlobState } from './blob-state.ts';
import { exceeds } from './choose-chunk.ts';
import {
  ENOUGH_PEERS,
  HOPEFUL_DIAL_MS,
  HOPEFUL_REQUEST_MS,
  MAX_DIALS,
  MAX_REMEMBERED,
  REDIAL_MS,
  REPLACE_MS,
  SLOW_MS,
  SLOW_SHARE,
  USELESS_MS,
} from './limits.ts';
import { Peer, type WindowBounds } from './peer.ts';

/** Peers that are linked or being dialled, and those that are not to be dialled. */
export class PeerBook {
  readonly #max: number;
  readonly #bounds: WindowBounds;
  readonly #peers = new Map<string, Peer>();
  readonly #barred = new Set<string>();
  /** Not to be dialled before; and how often that was. */
  readonly #later = new Map<string, { until: number; times: number }>();
  #replacedAt = Number.NEGATIVE_INFINITY;

  constructor(max: number, bounds: WindowBounds) {
    this.#max = max;
    this.#bounds = bounds;
  }

  get(id: string): Peer | undefined {
    return this.#peers.get(id);
  }

  all(): IterableIterator<Peer> {
    return this.#peers.values();
  }

  get count(): number {
    return this.#peers.size;
  }

  get linked(): number {
    let linked = 0;
    for (const peer of this.#peers.values()) if (peer.linked) linked++;
    return linked;
  }

  linkedIds(): string[] {
    return [...this.#peers.values()].filter(({ linked }) => linked).map(({ id }) => id);
  }

  /** Whether as many are linked as may be. */
  get isFull(): boolean {
    return this.linked >= this.#max;
  }

  /**
   * How many more may be linked or dialled. Dials that take long mostly fail (two routers that let
   * nobody in): they hold no place, so that others are tried meanwhile, but not without bound.
   */
  room(now: number): number {
    let taken = 0;
    for (const peer of this.#peers.values())
      if (peer.linked || now - peer.since < HOPEFUL_DIAL_MS) taken++;
    return Math.max(0, Math.min(this.#max - taken, MAX_DIALS + this.#max - this.#peers.size));
  }

  /** Whether any dial may yet succeed. */
  isDialling(now: number): boolean {
    for (const peer of this.#peers.values())
      if (!peer.linked && now - peer.since < HOPEFUL_DIAL_MS) return true;
    return false;
  }

  /** Whether any request of a moment ago may yet be answered. */
  isAsking(now: number): boolean {
    for (const { flights } of this.#peers.values())
      if (flights.some(({ askedAt }) => now - askedAt < HOPEFUL_REQUEST_MS)) return true;
    return false;
  }

  /** Dials that are not needed any more, where as many are linked as may be. */
  surplus(): Peer[] {
    return this.isFull ? [...this.#peers.values()].filter((peer) => !peer.linked) : [];
  }

  add(id: string, now: number): Peer {
    const peer = new Peer(id, now, this.#bounds);
    this.#peers.set(id, peer);
    return peer;
  }

  remove(id: string): void {
    this.#peers.delete(id);
  }

  /** Never again in this session. */
  bar(id: string): void {
    remember(this.#barred, id);
  }

  isBarred(id: string): boolean {
    return this.#barred.has(id);
  }

  /** Not to be dialled for a while, longer each time. */
  putOff(id: string, now: number): void {
    const times = (this.#later.get(id)?.times ?? 0) + 1;
    this.#later.delete(id);
    this.#later.set(id, { until: now + REDIAL_MS * 2 ** Math.min(times - 1, 6), times });
    if (this.#later.size > MAX_REMEMBERED) forgetOldest(this.#later);
  }

  mayDial(id: string, now: number): boolean {
    return !this.isBarred(id) && (this.#later.get(id)?.until ?? 0) <= now;
  }

  /**
   * A peer to give up for another one: with which nothing is left to exchange, else that has had nothing for us for a while (first one that we
   * have nothing for either), or is far slower than the others. Null where all are worth keeping,
   * or one was given up a moment ago.
   */
  replaceable(blobs: Iterable<BlobState>, now: number): Peer | null {
    const list = [...blobs];
    for (const peer of this.#peers.values()) if (isSpent(peer, list)) return peer;
    if (now - this.#replacedAt < REPLACE_MS) return null;
    let useless: Peer | null = null;
    for (const peer of this.#peers.values()) {
      if (!isUseless(peer, list, now)) continue;
      if (!servesFrom(peer, list)) return peer;
      useless ??= peer;
    }
    return useless ?? this.#slow(now);
  }

  /**
   * A peer with which nothing is left to exchange in either direction; null where there is none. The
   * last few stay while there is a place free and anything is missing here: who lacks the same may
   * have it a moment later.
   */
  idle(blobs: Iterable<BlobState>, now: number): Peer | null {
    const list = [...blobs];
    const few = !this.isFull && this.linked <= ENOUGH_PEERS;
    if (few && list.some(({ missing }) => missing > 0)) return null;
    for (const peer of this.#peers.values())
      if (isUseless(peer, list, now) && !servesFrom(peer, list)) return peer;
    return null;
  }

  replaced(now: number): void {
    this.#replacedAt = now;
  }

  #slow(now: number): Peer | null {
    let sum = 0;
    let measured = 0;
    let slowest: Peer | null = null;
    for (const peer of this.#peers.values()) {
      if (peer.rate === 0) continue;
      sum += peer.rate;
      measured++;
      if (!slowest || peer.rate < slowest.rate) slowest = peer;
    }
    if (!slowest || measured < this.#max / 2 || now - slowest.since < SLOW_MS) return null;
    return slowest.rate < SLOW_SHARE * (sum / measured) ? slowest : null;
  }
}

/** Linked for a while, nothing came of it for a while, and it holds nothing that is missing here. */
function isUseless(peer: Peer, blobs: readonly BlobState[], now: number): boolean {
  if (!peer.linked || now - peer.usefulAt < USELESS_MS || peer.flights.length > 0) return false;
  return !blobs.some((blob) => {
    const held = blob.missing > 0 ? peer.holds.get(blob.id) : undefined;
    return held !== undefined && exceeds(held.bits, blob.have.bits);
  });
}

/** Both ends hold all of what they share: it stays only as long as nobody needs its place. */
function isSpent(peer: Peer, blobs: readonly BlobState[]): boolean {
  const shared = blobs.filter(({ id }) => peer.linked && peer.holds.has(id));
  return (
    shared.length > 0 &&
    shared.every(({ id, have }) => have.isFull && peer.holds.get(id)?.isFull === true)
  );
}

/** Whether it lacks anything that is here, of a blob that it takes part in. */
function servesFrom(peer: Peer, blobs: readonly BlobState[]): boolean {
  return blobs.some((blob) => {
    const held = peer.holds.get(blob.id);
    return held !== undefined && exceeds(blob.have.bits, held.bits);
  });
}

function remember(set: Set<string>, id: string): void {
  set.add(id);
  if (set.size > MAX_REMEMBERED) forgetOldest(set);
}

function forgetOldest(collection: Set<string> | Map<string, unknown>): void {
  const oldest = collection.keys().next();
  if (!oldest.done) collection.delete(oldest.value);
}
