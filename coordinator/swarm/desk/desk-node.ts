import type { BlobRef } from '../../../shared/blob/ref.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import {
  MAX_MEMBER_CHUNKS,
  MAX_MEMBERSHIPS,
  MAX_TOLD_BYTES_PER_SECOND,
  MAX_TOLD_SECONDS,
  SWARM_FRAME_BURST,
  SWARM_FRAMES_PER_SECOND,
} from '../limits.ts';
import { MAX_HELD_BY_NODE } from '../outputs/limits.ts';
import type { SwarmNode } from '../ports.ts';
import { TokenBucket } from '../token-bucket.ts';
import { swarmFramesTooFast, tooManyBlobs } from './swarm-errors.ts';

/** Outputs a second that a node may say it holds, beyond what it came with: 32 MiB a second of them. */
const HELD_PER_SECOND = 128;

/** A connected node at the desk, with what it has used of its bounds. */
export class DeskNode {
  readonly node: SwarmNode;
  /** Its peer id, once it has entered. */
  peer: string | null = null;
  readonly #frames = new TokenBucket(SWARM_FRAME_BURST, SWARM_FRAMES_PER_SECOND);
  readonly #held = new TokenBucket(MAX_HELD_BY_NODE, HELD_PER_SECOND);
  readonly #told = new TokenBucket(
    MAX_TOLD_BYTES_PER_SECOND * MAX_TOLD_SECONDS,
    MAX_TOLD_BYTES_PER_SECOND,
  );
  /** Chunks of each blob that it holds or seeks, under each name that it gave it. */
  readonly #memberships = new Map<BlobId, Map<string, number>>();
  #blobs = 0;
  #chunks = 0;

  constructor(node: SwarmNode) {
    this.node = node;
  }

  /** @throws ManyhandsError SWARM_TOO_FAST */
  countFrame(now: number): void {
    if (this.#frames.available(now) < 1) throw swarmFramesTooFast();
    this.#frames.take(1, now);
  }

  /**
   * It says that it holds so many outputs, each of which is looked up.
   * @throws ManyhandsError SWARM_TOO_FAST
   */
  countHeld(outputs: number, now: number): void {
    if (this.#held.available(now) < outputs) throw swarmFramesTooFast();
    this.#held.take(outputs, now);
  }

  /** As many of these bytes as can have come in the time since the last report. */
  plausible(bytes: number, now: number): number {
    const believed = Math.floor(Math.min(bytes, this.#told.available(now)));
    this.#told.take(believed, now);
    return believed;
  }

  /**
   * Counts a blob that it takes part in.
   * @throws ManyhandsError SWARM_TOO_MANY_BLOBS
   */
  admit(job: string, { id, bytes, manifest }: BlobRef, chunks: number): void {
    const name = `${job} ${bytes} ${manifest}`;
    const names = this.#memberships.get(id) ?? new Map<string, number>();
    if (names.has(name)) return;
    if (this.#blobs >= MAX_MEMBERSHIPS || this.#chunks + chunks > MAX_MEMBER_CHUNKS)
      throw tooManyBlobs();
    this.#memberships.set(id, names.set(name, chunks));
    this.#blobs++;
    this.#chunks += chunks;
  }

  withdraw(blob: BlobId): void {
    for (const chunks of this.#memberships.get(blob)?.values() ?? []) {
      this.#blobs--;
      this.#chunks -= chunks;
    }
    this.#memberships.delete(blob);
  }
}
