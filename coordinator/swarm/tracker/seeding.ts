import { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import { CHUNK_BYTES } from '../../../shared/blob/chunks.ts';
import {
  ENTER_GRACE_MS,
  MAX_RELIEF_MS,
  MIN_RELIEF_MS,
  RELIEF_AGAIN_MS,
  RELIEF_MS_PER_MEMBER,
  SHARE_CHUNKS,
  SLOW_GRANT_MS,
  STARVED_CHUNKS,
} from '../limits.ts';
import type { BlobSwarm, Member } from './blob-swarm.ts';
import { SeedRate } from './seed-rate.ts';

/** Chunks `first .. first + count - 1`. */
export interface ChunkRun {
  first: number;
  count: number;
}

interface Wish {
  /** What the node lacks and nobody is sending it. */
  missing: ChunkSet;
  /** Chunks that it could fetch at once. */
  most: number;
  starved: boolean;
  /** Whether it would meet peers. */
  wantsPeers: boolean;
}

/** Decides which chunks the coordinator sends to whom. */
export class Seeding {
  readonly #rate: SeedRate;

  /** @param bytesPerSecond granted in all; 0 for no bound */
  constructor(bytesPerSecond: number) {
    this.#rate = new SeedRate(bytesPerSecond);
  }

  /**
   * Chunks for this node, and how long a round of such grants takes at the seeding rate. Those that
   * nobody was granted come first; then those that nobody whom it can meet holds and whose
   * grantee has vanished or failed. What others hold is granted only to a node without peers.
   */
  grant(
    swarm: BlobSwarm,
    member: Member,
    wish: Wish,
    now: number,
    random: () => number,
  ): { runs: ChunkRun[]; roundMs: number } {
    const { missing, most, starved } = wish;
    const wanted = Math.min(most, missing.count);
    if (wanted === 0) return { runs: [], roundMs: 0 };
    const alone = isAlone(member, wish, now);
    const share = alone ? wanted : fairShare(swarm, wanted);
    const allowed = Math.floor(this.#rate.allowance(swarm, now) / CHUNK_BYTES);
    const room = Math.min(share, allowed);
    const chosen = new Set<number>();
    const start = swarm.nextFresh;
    const add = (limit: number, from: number, fits: (chunk: number) => boolean) =>
      choose(chosen, missing, limit, from, fits);
    const unheld = (chunk: number) => swarm.isOutOfReach(chunk, member.node, now);
    add(room, start, (chunk) => !swarm.grants.ever.has(chunk) && unheld(chunk));
    add(room, start, unheld);
    if (alone || starved) {
      const limit = alone
        ? room
        : Math.min(wanted, allowed, chosen.size + STARVED_CHUNKS * 2 ** (member.starvedSeeks - 1));
      const anywhere = Math.floor(random() * swarm.chunks);
      const before = alone ? null : relievedOf(swarm, member, now);
      add(limit, anywhere, (chunk) => {
        if (before === null) return true;
        const grant = swarm.grants.of(chunk, now);
        if (grant !== undefined && now - grant.at < SLOW_GRANT_MS) return false;
        if (!unheld(chunk) && before.has(chunk)) return false;
        return now - swarm.grants.lastAt(chunk) >= reliefMs(swarm);
      });
      for (const chunk of chosen) before?.add(chunk);
    }
    // Who meets nobody spreads nothing: the chunk is still another's to be granted.
    for (const chunk of chosen) if (!alone) swarm.grants.give(chunk, member.node.number, now);
    const runs = toRuns(chosen);
    const last = runs.at(-1);
    if (last) swarm.nextFresh = (last.first + last.count) % swarm.chunks;
    this.#rate.granted(swarm, chosen.size * CHUNK_BYTES, room === share, now);
    const roundMs = room === share ? 0 : this.#rate.roundMs(swarm.seekers, CHUNK_BYTES);
    return { runs, roundMs };
  }
}

/** How often a chunk that others hold goes to a starved node, at most. */
function reliefMs({ size }: BlobSwarm): number {
  return Math.min(MAX_RELIEF_MS, Math.max(MIN_RELIEF_MS, size * RELIEF_MS_PER_MEMBER));
}

/** What the node was granted as a starved one lately: who says again and again to starve gains nothing. */
function relievedOf(swarm: BlobSwarm, member: Member, now: number): ChunkSet {
  if (member.relieved === null || now - member.relieved.since >= RELIEF_AGAIN_MS)
    member.relieved = { since: now, chunks: new ChunkSet(swarm.chunks) };
  return member.relieved.chunks;
}

/** Whether the node gets nothing from peers: it has no peer id, wants none, or is banned. */
function isAlone({ node, soughtSince }: Member, wish: Wish, now: number): boolean {
  if (node.banned) return true;
  const sought = now - (soughtSince ?? now);
  if (node.entered) return false;
  return (wish.starved && !wish.wantsPeers) || sought >= ENTER_GRACE_MS;
}

/** What one of many seekers is granted at once, so that all of them have something to give. */
function fairShare(swarm: BlobSwarm, wanted: number): number {
  const fresh = swarm.chunks - swarm.grants.ever.count;
  const seekers = Math.max(1, swarm.seekers);
  if (seekers === 1) return wanted;
  return Math.min(wanted, Math.max(SHARE_CHUNKS, Math.ceil(fresh / seekers)));
}

/** Adds chunks that are missing and fit, from `from` on and around, until there are `limit`. */
function choose(
  chosen: Set<number>,
  missing: ChunkSet,
  limit: number,
  from: number,
  fits: (chunk: number) => boolean,
): void {
  const { size, bits } = missing;
  for (let passed = 0; passed < size && chosen.size < limit; passed++) {
    const chunk = (from + passed) % size;
    if ((chunk & 7) === 0 && bits[chunk >> 3] === 0) {
      passed += Math.min(7, size - 1 - chunk);
      continue;
    }
    if (missing.has(chunk) && !chosen.has(chunk) && fits(chunk)) chosen.add(chunk);
  }
}

function toRuns(chunks: ReadonlySet<number>): ChunkRun[] {
  const runs: ChunkRun[] = [];
  for (const chunk of [...chunks].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last.first + last.count === chunk) last.count++;
    else runs.push({ first: chunk, count: 1 });
  }
  return runs;
}
