import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import { CHUNK_BYTES } from '../../../shared/blob/chunks.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { GRANT_MS, INTRODUCTION_BURST, INTRODUCTIONS_PER_SECOND } from '../limits.ts';
import { type SeekAnswer, Tracker } from './tracker.ts';

const NODES = 10;
const CHUNKS = 24;
const BLOB: BlobRef = {
  id: 'ab'.repeat(32),
  bytes: CHUNKS * CHUNK_BYTES,
  manifest: 'cd'.repeat(32),
};

const node = fc.nat(NODES - 1);
const command = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('enter' as const), node, reachable: fc.boolean() }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('seek' as const),
      node,
      peers: fc.nat(8),
      grant: fc.nat(8),
      waitMs: fc.nat(2_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fetch' as const), node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rejoin' as const), node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('accuse' as const), node, other: node }) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** A node as the test plays it. */
class Player {
  readonly job: string;
  readonly have = new ChunkSet(CHUNKS);
  /** What it held when it last sought: so much the tracker may know. */
  told = new ChunkSet(CHUNKS);
  /** Chunks that it is fetching from the coordinator, since when; never, where it could not spread them. */
  readonly fetching = new Map<number, number>();
  /** When it was introduced to somebody. */
  readonly introduced: number[] = [];
  entered = false;
  reachable = false;

  constructor(job: string) {
    this.job = job;
  }

  get missing(): ChunkSet {
    const missing = ChunkSet.full(CHUNKS);
    for (let chunk = 0; chunk < CHUNKS; chunk++)
      if (this.have.has(chunk) || this.fetching.has(chunk)) missing.delete(chunk);
    return missing;
  }
}

/** Plays commands against a tracker and checks every answer. */
class Game {
  readonly #tracker: Tracker;
  readonly #players: Player[] = [];
  readonly #accused = new Set<string>();
  #now = 1_000_000;
  grants = 0;
  introductions = 0;

  constructor(random: () => number) {
    this.#tracker = new Tracker({ seedBytesPerSecond: 0, random });
    for (let number = 0; number < NODES; number++) {
      this.#join(number);
      this.#enter(number, number % 4 !== 0);
    }
  }

  play(step: Command): void {
    const player = this.#players[step.node];
    switch (step.do) {
      case 'enter':
        this.#enter(step.node, step.reachable);
        break;
      case 'fetch':
        for (const chunk of player.fetching.keys()) player.have.add(chunk);
        player.fetching.clear();
        break;
      case 'rejoin':
        this.#tracker.left(step.node);
        for (const pair of [...this.#accused])
          if (pair.split('-').includes(`${step.node}`)) this.#accused.delete(pair);
        this.#join(step.node);
        break;
      case 'accuse':
        if (this.#tracker.accuse(step.node, step.other) !== 'ignored')
          this.#accused.add(pairOf(step.node, step.other));
        break;
      case 'seek':
        this.#now += step.waitMs;
        this.#seek(step.node, step.peers, step.grant);
        break;
    }
  }

  #join(number: number): void {
    // Each network has two nodes; a few nodes count as networks of their own.
    this.#tracker.joined(number, number < 3 ? null : `network ${number >> 1}`);
    this.#players[number] = new Player(number % 3 === 0 ? 'one' : 'two');
  }

  #enter(number: number, reachable: boolean): void {
    this.#tracker.entered(number, reachable);
    Object.assign(this.#players[number], { entered: true, reachable });
  }

  #seek(number: number, peers: number, grant: number): void {
    const player = this.#players[number];
    const { job, missing, have } = player;
    const banned = this.#tracker.isBanned(number);
    const wish = { job, blob: BLOB, missing: missing.bits, have: have.bits, peers, grant };
    player.told = new ChunkSet(CHUNKS, have.bits);
    const answer = this.#tracker.seek(number, { ...wish, starved: false }, true, this.#now);
    expect(answer.peers.length).toBeLessThanOrEqual(peers);
    expect(new Set(answer.peers).size).toBe(answer.peers.length);
    for (const peer of answer.peers) this.#checkIntroduction(number, peer, banned);
    this.#checkGrants(number, missing, grant, answer, banned);
  }

  #checkIntroduction(number: number, peer: number, banned: boolean): void {
    const [player, other] = [this.#players[number], this.#players[peer]];
    expect(peer).not.toBe(number);
    expect(other.job).toBe(player.job);
    expect(player.entered && other.entered && other.reachable).toBe(true);
    expect(banned || this.#tracker.isBanned(peer)).toBe(false);
    expect(this.#accused.has(pairOf(number, peer))).toBe(false);
    other.introduced.push(this.#now);
    const seconds = (this.#now - other.introduced[0]) / 1000;
    const most = INTRODUCTION_BURST + seconds * INTRODUCTIONS_PER_SECOND + 1;
    expect(other.introduced.length).toBeLessThanOrEqual(most);
    this.introductions++;
  }

  #checkGrants(
    number: number,
    missing: ChunkSet,
    most: number,
    { grant }: SeekAnswer,
    banned: boolean,
  ): void {
    const player = this.#players[number];
    const chunks = grant.flatMap(({ first, count }) =>
      Array.from({ length: count }, (_, i) => first + i),
    );
    expect(chunks.length).toBeLessThanOrEqual(most);
    for (const chunk of chunks) {
      expect(missing.has(chunk)).toBe(true);
      // Who may not meet others, or never says that it can, is served all the same.
      if (player.entered && !banned)
        for (const [peer, other] of this.#players.entries()) {
          if (other === player || other.job !== player.job) continue;
          if (!other.entered || this.#tracker.isBanned(peer)) continue;
          const since = other.fetching.get(chunk) ?? Number.NEGATIVE_INFINITY;
          expect(this.#now - since).toBeGreaterThanOrEqual(GRANT_MS);
          const inReach = other.reachable && !this.#accused.has(pairOf(number, peer));
          expect(inReach && other.told.has(chunk)).toBe(false);
        }
      player.fetching.set(chunk, player.entered ? this.#now : Number.NEGATIVE_INFINITY);
      this.grants++;
    }
  }
}

const pairOf = (a: number, b: number) => [a, b].sort((x, y) => x - y).join('-');

/** A small generator of 0..1 (numerical recipes' constants). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

test('SWM-52 SWM-54 SWM-55 a chunk is granted once while its grantee lives, and nobody meets whom it must not', () => {
  const commands = fc.array(command, { maxLength: 150, size: 'max' });
  let met = 0;
  let granted = 0;
  fc.assert(
    fc.property(commands, fc.integer(), (steps, seed) => {
      const game = new Game(seeded(seed));
      for (const step of steps) game.play(step);
      met += game.introductions;
      granted += game.grants;
    }),
    { numRuns: 200 },
  );
  // The property would hold of a tracker that never answers.
  expect(met).toBeGreaterThan(100);
  expect(granted).toBeGreaterThan(100);
});
