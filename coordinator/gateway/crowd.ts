import type { NodeNumber, SchedulerEffect } from '../scheduler/events.ts';
import type { NodeNow } from './live.ts';
import type { JoiningNode, NodeLink } from './node-link.ts';

/** Replicas that agreed with a verdict, and that did not. */
export interface Totals {
  agreed: number;
  rejected: number;
}

/** A connected node as the dispatcher holds it. */
export interface ConnectedNode {
  readonly number: NodeNumber;
  readonly link: NodeLink;
  readonly facts: JoiningNode;
  readonly joinedAt: number;
  /** Over its life; until `isKnown`, only what came since it joined. */
  readonly totals: Totals;
  isKnown: boolean;
}

/** The connected nodes. A requester's page that only reads outputs runs nothing and is not counted. */
export class Crowd {
  readonly #byNumber = new Map<NodeNumber, ConnectedNode>();
  readonly #byKey = new Map<string, ConnectedNode>();
  /** Nodes whose totals changed since they were last told. */
  readonly #untold = new Set<ConnectedNode>();
  #next = 1;

  get size(): number {
    return this.#computing().length;
  }

  add(link: NodeLink, facts: JoiningNode, now: number): ConnectedNode {
    const totals = { agreed: 0, rejected: 0 };
    const node = { number: this.#next++, link, facts, joinedAt: now, totals, isKnown: false };
    this.#byNumber.set(node.number, node);
    this.#byKey.set(facts.key, node);
    return node;
  }

  remove(number: NodeNumber): void {
    const node = this.#byNumber.get(number);
    if (!node) return;
    this.#byNumber.delete(number);
    this.#untold.delete(node);
    if (this.#byKey.get(node.facts.key) === node) this.#byKey.delete(node.facts.key);
  }

  get(number: NodeNumber): ConnectedNode | undefined {
    return this.#byNumber.get(number);
  }

  /** Passes on what the scheduler has to say to one node, if it is still here. */
  convey(effect: Extract<SchedulerEffect, { type: 'refuse' | 'revoke' | 'idle' }>): void {
    const link = this.#byNumber.get(effect.node)?.link;
    if (effect.type === 'refuse') link?.refuse(effect, effect);
    else if (effect.type === 'revoke') link?.revoke(effect.leases, effect.reason);
    else link?.idle(effect.reason);
  }

  all(): Iterable<ConnectedNode> {
    return this.#byNumber.values();
  }

  /** Adds the totals that the store had when the node joined; returns those of now. */
  setTotals(node: ConnectedNode, { agreed, rejected }: Totals): Totals {
    node.totals.agreed += agreed;
    node.totals.rejected += rejected;
    node.isKnown = true;
    return node.totals;
  }

  /** Adds what just became durable to the totals of a node that is here. */
  credit(key: string, agreed: number, rejected: number): void {
    const node = this.#byKey.get(key);
    if (!node) return;
    node.totals.agreed += agreed;
    node.totals.rejected += rejected;
    if (node.isKnown) this.#untold.add(node);
  }

  /** Tells the nodes their new totals. */
  tell(): void {
    for (const { link, totals } of this.#untold) link.tally(totals);
    this.#untold.clear();
  }

  threads(): number {
    let threads = 0;
    for (const { facts } of this.#computing()) threads += facts.threads;
    return threads;
  }

  list(): NodeNow[] {
    return this.#computing().map(({ facts, joinedAt, totals }) => ({
      key: facts.key,
      agent: facts.agent,
      threads: facts.threads,
      joinedAt,
      ...totals,
    }));
  }

  #computing(): ConnectedNode[] {
    return [...this.#byNumber.values()].filter(({ facts }) => facts.kinds.length > 0);
  }
}
