import type { BlobRef } from '../../../shared/blob/ref.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { NodeNumber } from '../../scheduler/events.ts';
import {
  DEPOSIT_BYTES_A_SECOND,
  DEPOSIT_MS,
  DEPOSITS_AHEAD,
  DEPOSITS_WANTED,
  ENOUGH_HOLDERS,
  LOOK_AHEAD,
  LOST_MS,
  MANY_ON_ONE_NODE,
  MAX_HELD_BY_NODE,
  MAX_ON_NODES,
  POSTPONED_MS,
  SETTLE_MS,
} from './limits.ts';

/** What happens to outputs that nodes hold. Blobs are named by their id. */
export type OutputsEvent =
  /** A standing verdict refers to it, and the coordinator does not have it. */
  | { type: 'needed'; blob: BlobRef }
  /** Somebody waits for it. */
  | { type: 'wanted'; blob: BlobId }
  /** The coordinator has it now. */
  | { type: 'kept'; blob: BlobId }
  /** Nothing refers to it, and nothing will: its job has ended, or its verdict was taken back. */
  | { type: 'forgotten'; blob: BlobId }
  | { type: 'held'; node: NodeNumber; blobs: readonly BlobId[] }
  | { type: 'unheld'; node: NodeNumber; blobs: readonly BlobId[] }
  /** The node would leave, and asks what is needed of it. */
  | { type: 'parting'; node: NodeNumber }
  | { type: 'left'; node: NodeNumber }
  /** What it uploaded was not the blob. */
  | { type: 'cheated'; node: NodeNumber; blob: BlobId }
  /** Its upload could not be taken just now, through no fault of its own. */
  | { type: 'postponed'; node: NodeNumber; blob: BlobId }
  | { type: 'tick' };

export type OutputsEffect =
  /** Have the node upload these; `last` where nothing keeps it after that. */
  | { type: 'deposit'; node: NodeNumber; blobs: readonly BlobRef[]; last: boolean }
  /** A verdict refers to these, which the node holds: peers may have them from here on. */
  | { type: 'decided'; node: NodeNumber; blobs: readonly BlobId[] }
  /** The node need not keep these any more. */
  | { type: 'release'; node: NodeNumber; blobs: readonly BlobId[] }
  /** No connected node has it, and none came back with it. It is no longer watched. */
  | { type: 'lost'; blob: BlobId };

interface Needed {
  readonly blob: BlobRef;
  wanted: boolean;
  /** Upload it in any case, because there are too many on nodes. */
  ahead: boolean;
  asked: { node: NodeNumber; until: number } | null;
  /** Nobody is asked before this time. */
  notBefore: number;
  /** Since when nobody holds it, as far as is known; null while somebody does. */
  orphanedAt: number | null;
  /** Nodes that said they hold it and did not deliver. */
  readonly failed: Set<NodeNumber>;
}

interface Holder {
  readonly held: Set<BlobId>;
  parting: boolean;
  /** When a slow line would be through with what it was asked for: it uploads one after the other. */
  busyUntil: number;
}

/**
 * Keeps the outputs that verdicts need from being lost while they are on nodes only: pure. An output
 * that two nodes hold stays where it is. One that fewer hold, that somebody waits for, or whose
 * holder is about to leave is uploaded, by one node after the other until one delivers. An output
 * that nobody holds for a while is lost.
 */
export class OutputsCore {
  readonly #needed = new Map<BlobId, Needed>();
  readonly #nodes = new Map<NodeNumber, Holder>();
  readonly #holders = new Map<BlobId, Set<NodeNumber>>();
  /** Needed ones that may call for something; the others have enough holders. */
  readonly #watched = new Set<BlobId>();
  #asked = 0;
  #effects: OutputsEffect[] = [];

  /** Needed outputs that are on nodes only. */
  get onNodes(): number {
    return this.#needed.size;
  }

  /** Whether a verdict needs it and the coordinator does not have it. */
  isNeeded(blob: BlobId): boolean {
    return this.#needed.has(blob);
  }

  /** Whether somebody waits for it. */
  isWanted(blob: BlobId): boolean {
    return this.#needed.get(blob)?.wanted ?? false;
  }

  /** Whether a connected node holds it, as far as is known. */
  isHeld(blob: BlobId): boolean {
    return (this.#holders.get(blob)?.size ?? 0) > 0;
  }

  /** @param now in milliseconds; never runs backwards */
  handle(event: OutputsEvent, now: number): OutputsEffect[] {
    this.#effects = [];
    switch (event.type) {
      case 'needed':
        this.#need(event.blob, now);
        break;
      case 'wanted':
        this.#want(event.blob, now);
        break;
      case 'kept':
      case 'forgotten':
        this.#let(event.blob);
        this.#goOn(now);
        break;
      case 'held':
        this.#hold(event.node, event.blobs);
        break;
      case 'unheld':
        for (const blob of event.blobs) this.#unhold(event.node, blob, now);
        break;
      case 'parting':
        this.#part(event.node, now);
        break;
      case 'left':
        this.#leave(event.node, now);
        break;
      case 'cheated':
        this.#fail(event.node, event.blob, now);
        break;
      case 'postponed':
        this.#postpone(event.node, event.blob, now);
        break;
      case 'tick':
        for (const blob of this.#watched) this.#consider(blob, now);
        break;
    }
    return this.#effects;
  }

  #need(blob: BlobRef, now: number): void {
    if (this.#needed.has(blob.id)) return;
    this.#needed.set(blob.id, {
      blob,
      wanted: false,
      ahead: this.#needed.size >= MAX_ON_NODES,
      asked: null,
      notBefore: now + SETTLE_MS,
      orphanedAt: this.isHeld(blob.id) ? null : now,
      failed: new Set(),
    });
    this.#watched.add(blob.id);
    for (const node of this.#holders.get(blob.id) ?? [])
      this.#effects.push({ type: 'decided', node, blobs: [blob.id] });
  }

  #want(id: BlobId, now: number): void {
    const needed = this.#needed.get(id);
    if (!needed || needed.wanted) return;
    needed.wanted = true;
    needed.notBefore = now;
    this.#watched.add(id);
    this.#consider(id, now);
  }

  /** It is here, or of no use: its holders may drop it. */
  #let(id: BlobId): void {
    const needed = this.#needed.get(id);
    if (needed?.asked) this.#asked--;
    this.#needed.delete(id);
    this.#watched.delete(id);
    for (const node of this.#holders.get(id) ?? []) {
      this.#nodes.get(node)?.held.delete(id);
      this.#effects.push({ type: 'release', node, blobs: [id] });
    }
    this.#holders.delete(id);
  }

  #hold(number: NodeNumber, blobs: readonly BlobId[]): void {
    const node = this.#node(number);
    const decided: BlobId[] = [];
    for (const id of blobs) {
      if (node.held.size >= MAX_HELD_BY_NODE) break;
      const needed = this.#needed.get(id);
      if (needed?.failed.has(number)) continue;
      if (needed) {
        needed.orphanedAt = null;
        decided.push(id);
      }
      node.held.add(id);
      const holders = this.#holders.get(id);
      if (holders) holders.add(number);
      else this.#holders.set(id, new Set([number]));
    }
    if (decided.length > 0) this.#effects.push({ type: 'decided', node: number, blobs: decided });
  }

  #unhold(number: NodeNumber, id: BlobId, now: number): void {
    this.#nodes.get(number)?.held.delete(id);
    const holders = this.#holders.get(id);
    if (!holders?.delete(number)) return;
    if (holders.size === 0) this.#holders.delete(id);
    const needed = this.#needed.get(id);
    if (!needed) return;
    if (needed.asked?.node === number) this.#unask(needed);
    if (holders.size === 0) needed.orphanedAt = now;
    this.#watched.add(id);
    this.#consider(id, now);
  }

  /** What would be left with too few holders is uploaded before the node leaves. */
  #part(number: NodeNumber, now: number): void {
    const node = this.#node(number);
    node.parting = true;
    const last: BlobRef[] = [];
    for (const id of node.held) {
      const needed = this.#needed.get(id);
      if (!needed) continue;
      this.#watched.add(id);
      const askedOfAnother = needed.asked !== null && needed.asked.node !== number;
      if (askedOfAnother || this.#staying(id) >= ENOUGH_HOLDERS) continue;
      last.push(needed.blob);
      this.#ask(needed, number, now);
    }
    this.#effects.push({ type: 'deposit', node: number, blobs: last, last: true });
  }

  #leave(number: NodeNumber, now: number): void {
    const node = this.#nodes.get(number);
    if (!node) return;
    for (const id of [...node.held]) this.#unhold(number, id, now);
    this.#nodes.delete(number);
  }

  #fail(number: NodeNumber, id: BlobId, now: number): void {
    this.#needed.get(id)?.failed.add(number);
    this.#unhold(number, id, now);
  }

  #postpone(number: NodeNumber, id: BlobId, now: number): void {
    const needed = this.#needed.get(id);
    if (needed?.asked?.node !== number) return;
    this.#unask(needed);
    needed.notBefore = now + POSTPONED_MS;
  }

  /** Asks for a needed output, waits for it, or gives it up. */
  #consider(id: BlobId, now: number): void {
    const needed = this.#needed.get(id);
    if (!needed) return;
    if (needed.asked) {
      if (now >= needed.asked.until) this.#fail(needed.asked.node, id, now);
      return;
    }
    if (needed.orphanedAt !== null) {
      if (now - needed.orphanedAt >= LOST_MS) this.#lose(id);
      return;
    }
    if (now < needed.notBefore) return;
    if (!needed.wanted && !needed.ahead && this.#staying(id) >= ENOUGH_HOLDERS) {
      this.#watched.delete(id);
      return;
    }
    if (this.#asked >= (needed.wanted ? DEPOSITS_WANTED : DEPOSITS_AHEAD)) return;
    const node = this.#choose(id);
    if (node === null) return;
    this.#ask(needed, node, now);
    this.#effects.push({ type: 'deposit', node, blobs: [needed.blob], last: false });
  }

  /** An upload has ended: asks for the next that waits for its turn. */
  #goOn(now: number): void {
    let looked = 0;
    for (const id of this.#watched) {
      const before = this.#asked;
      this.#consider(id, now);
      if (this.#asked > before || ++looked >= LOOK_AHEAD) return;
    }
  }

  #lose(id: BlobId): void {
    this.#needed.delete(id);
    this.#watched.delete(id);
    this.#effects.push({ type: 'lost', blob: id });
  }

  /** A holder to ask: one that stays before one that leaves. */
  #choose(id: BlobId): NodeNumber | null {
    let leaving: NodeNumber | null = null;
    for (const node of this.#holders.get(id) ?? []) {
      if (!this.#nodes.get(node)?.parting) return node;
      leaving = node;
    }
    return leaving;
  }

  /** Holders that can be counted on: that neither leave nor are about to have no room. */
  #staying(id: BlobId): number {
    let staying = 0;
    for (const number of this.#holders.get(id) ?? []) {
      const node = this.#nodes.get(number);
      if (node && !node.parting && node.held.size <= MANY_ON_ONE_NODE) staying++;
    }
    return staying;
  }

  #ask(needed: Needed, number: NodeNumber, now: number): void {
    if (!needed.asked) this.#asked++;
    const node = this.#node(number);
    const uploadMs = (needed.blob.bytes / DEPOSIT_BYTES_A_SECOND) * 1000;
    node.busyUntil = Math.max(now, node.busyUntil) + uploadMs;
    needed.asked = { node: number, until: node.busyUntil + DEPOSIT_MS };
  }

  #unask(needed: Needed): void {
    needed.asked = null;
    this.#asked--;
  }

  #node(number: NodeNumber): Holder {
    let node = this.#nodes.get(number);
    if (!node) {
      node = { held: new Set(), parting: false, busyUntil: 0 };
      this.#nodes.set(number, node);
    }
    return node;
  }
}
