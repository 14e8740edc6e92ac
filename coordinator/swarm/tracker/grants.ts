import { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import type { NodeNumber } from '../../scheduler/events.ts';
import { GRANT_MS, LONGEST_GRANT_MS } from '../limits.ts';

interface Grant {
  node: NodeNumber;
  at: number;
  until: number;
}

/** Who was told to fetch which chunk of one blob from the coordinator, and is to spread it. */
export class Grants {
  /** Chunks that somebody was granted at any time. */
  readonly ever: ChunkSet;
  /** When each was granted last; nothing of it is forgotten when a grant ends. */
  readonly #lastAt = new Map<number, number>();
  readonly #live = new Map<number, Grant>();
  readonly #byNode = new Map<NodeNumber, Set<number>>();

  constructor(chunks: number) {
    this.ever = new ChunkSet(chunks);
  }

  /** Who is fetching the chunk, since when; undefined where nobody is, or did not in time. */
  of(chunk: number, now: number): { node: NodeNumber; at: number } | undefined {
    const grant = this.#live.get(chunk);
    if (!grant || grant.until > now) return grant;
    this.end(chunk);
    return undefined;
  }

  /** When the chunk was granted last; minus infinity where it never was. */
  lastAt(chunk: number): number {
    return this.#lastAt.get(chunk) ?? Number.NEGATIVE_INFINITY;
  }

  has(node: NodeNumber): boolean {
    return this.#byNode.has(node);
  }

  give(chunk: number, node: NodeNumber, now: number): void {
    this.end(chunk);
    this.ever.add(chunk);
    this.#lastAt.set(chunk, now);
    this.#live.set(chunk, { node, at: now, until: now + GRANT_MS });
    const chunks = this.#byNode.get(node);
    if (chunks) chunks.add(chunk);
    else this.#byNode.set(node, new Set([chunk]));
  }

  /** Chunks that a node was granted and is still trusted to fetch. */
  heldBy(node: NodeNumber): readonly number[] {
    return [...(this.#byNode.get(node) ?? [])];
  }

  /** The node is still at it, which is believed for so long only. */
  prolong(chunk: number, now: number): void {
    const grant = this.#live.get(chunk);
    if (grant) grant.until = Math.min(now + GRANT_MS, grant.at + LONGEST_GRANT_MS);
  }

  vanished(node: NodeNumber): void {
    for (const chunk of this.heldBy(node)) this.end(chunk);
  }

  /** Fetched, given up, or too late. */
  end(chunk: number): void {
    const grant = this.#live.get(chunk);
    if (!grant) return;
    this.#live.delete(chunk);
    const chunks = this.#byNode.get(grant.node);
    chunks?.delete(chunk);
    if (chunks?.size === 0) this.#byNode.delete(grant.node);
  }
}
