import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import { MANIFEST_CHUNK } from '../peers/peer-frames.ts';
import { type Behaviour, type FakePeer, JOB, World, type WorldOptions } from './test-world.ts';

const MINUTE = 60_000;

/** A linear congruential generator: chance that is the same in every run. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function peer(number: number, have: ChunkSet, behaviour: Behaviour = 'good', rate = 500): FakePeer {
  return { id: `peer${number}`, behaviour, have, rate };
}

function some(size: number, ...chunks: number[]): ChunkSet {
  const set = new ChunkSet(size);
  for (const chunk of chunks) set.add(chunk);
  return set;
}

function world(options: Partial<WorldOptions> & Pick<WorldOptions, 'chunks'>): World {
  return new World({ peers: [], seeded: true, maxPeers: 8, random: chance(1), ...options });
}

function wantAll(to: World, urgent = false): void {
  const ranges = [{ first: 0, count: to.blob.bytes }];
  to.tell({ type: 'want', blob: to.blob.id, ranges, urgent });
}

function askedOf(of: World): { peer: string; chunk: number }[] {
  return of.of('get').filter(({ chunk }) => chunk !== MANIFEST_CHUNK);
}

describe('exchange', () => {
  it('SWM-1 all that is wanted arrives if anyone serves it; asked of one at a time, within the window, never of who sent wrong bytes', () => {
    const behaviours: Behaviour[] = ['good', 'busy', 'liar', 'corrupt', 'silent', 'leaves'];
    const crowd = fc.array(
      fc.record({
        behaviour: fc.constantFrom(...behaviours),
        rate: fc.integer({ min: 20, max: 4_000 }),
        seed: fc.integer(),
        share: fc.integer({ min: 0, max: 4 }),
      }),
      { maxLength: 12 },
    );
    const property = fc.property(
      fc.integer({ min: 1, max: 70 }),
      crowd,
      fc.integer(),
      fc.boolean(),
      (chunks, described, seed, urgent) => {
        const peers = described.map(({ behaviour, rate, seed: own, share }, number) => {
          const random = chance(own);
          const have = new ChunkSet(chunks);
          for (let chunk = 0; chunk < chunks; chunk++) if (random() * 4 < share) have.add(chunk);
          return peer(number, have, behaviour, rate);
        });
        const tested = world({ chunks, peers, random: chance(seed), maxPeers: 6 });
        wantAll(tested, urgent);
        tested.run(20 * MINUTE, () => tested.count('satisfied') > 0);
        expect(tested.count('satisfied')).toBe(1);
        for (let chunk = 0; chunk < chunks; chunk++)
          expect(tested.exchange.has(tested.blob.id, chunk)).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it('SWM-1 what one honest peer has arrives without the coordinator, whatever the others do', () => {
    const others: Behaviour[] = ['busy', 'liar', 'corrupt', 'silent', 'leaves'];
    const property = fc.property(
      fc.array(fc.constantFrom(...others), { maxLength: 5 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer(),
      (behaviours, chunks, seed) => {
        const peers = [...behaviours, 'good' as const].map((behaviour, number) =>
          peer(number, ChunkSet.full(chunks), behaviour),
        );
        const tested = world({ chunks, peers, seeded: false, random: chance(seed) });
        wantAll(tested);
        tested.run(20 * MINUTE, () => tested.count('satisfied') > 0);
        expect(tested.count('satisfied')).toBe(1);
        expect(tested.count('download')).toBe(0);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  it('SWM-2 the chunk that the fewest peers hold is asked for first', () => {
    const everywhere = [0, 1, 2, 3, 4, 5, 6];
    const peers = [
      peer(0, some(8, ...everywhere)),
      peer(1, some(8, ...everywhere)),
      peer(2, some(8, ...everywhere, 7)),
    ];
    const tested = world({ chunks: 8, peers: [] });
    tested.tell({ type: 'stored', blob: tested.blob.id, chunks: [MANIFEST_CHUNK] });
    for (const { id, have } of peers) {
      tested.exchange.handle({ type: 'linked', peer: id, job: JOB }, 0);
      tested.exchange.handle(
        { type: 'peer-has', peer: id, blob: tested.blob.id, have: have.bits },
        0,
      );
    }
    const want = { first: 0, count: 8 };
    const effects = tested.exchange.handle(
      { type: 'want', blob: tested.blob.id, ranges: [want], urgent: false },
      0,
    );
    const gets = effects.filter((effect) => effect.type === 'get');
    expect(gets.find(({ peer: of }) => of === 'peer2')?.chunk).toBe(7);
  });

  it('SWM-2 nodes that know the same choose differently', () => {
    const firsts = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const peers = [peer(0, ChunkSet.full(64))];
      const tested = world({ chunks: 64, peers, random: chance(seed * 7_919) });
      wantAll(tested);
      tested.run(5_000, () => askedOf(tested).length > 0);
      firsts.add(askedOf(tested)[0].chunk);
    }
    expect(firsts.size).toBeGreaterThan(20);
  });

  it('SWM-3 what a shard waits for comes before all else', () => {
    const tested = world({ chunks: 64, peers: [peer(0, ChunkSet.full(64))] });
    const { id } = tested.blob;
    wantAll(tested);
    tested.tell({ type: 'want', blob: id, ranges: [{ first: 40, count: 3 }], urgent: true });
    tested.run(10_000, () => askedOf(tested).length >= 3);
    expect(
      askedOf(tested)
        .slice(0, 3)
        .map(({ chunk }) => chunk)
        .toSorted(),
    ).toEqual([40, 41, 42]);
  });

  it('SWM-4 a slow peer keeps a request in flight and is not dropped; a stalled one is', () => {
    const slow = { ...peer(0, ChunkSet.full(6)), rate: 12 };
    const tested = world({ chunks: 6, peers: [slow], seeded: false });
    wantAll(tested);
    tested.run(20 * MINUTE, () => tested.count('satisfied') > 0);
    expect(tested.count('satisfied')).toBe(1);
    expect(tested.count('hang-up')).toBe(0);

    const stalled = world({ chunks: 6, peers: [peer(0, ChunkSet.full(6), 'silent')] });
    wantAll(stalled);
    stalled.run(2 * MINUTE, () => stalled.count('hang-up') > 0);
    expect(stalled.of('hang-up')[0].reason).toBe('stalled');
  });

  it('SWM-5 a faster peer gets a larger window', () => {
    const peers = [
      peer(0, ChunkSet.full(80), 'good', 100),
      peer(1, ChunkSet.full(80), 'good', 3_000),
    ];
    const tested = world({ chunks: 80, peers });
    wantAll(tested);
    tested.run(10 * MINUTE, () => tested.count('satisfied') > 0);
    const by = (id: string) => askedOf(tested).filter((get) => get.peer === id).length;
    expect(by('peer1')).toBeGreaterThan(4 * by('peer0'));
    expect(by('peer0')).toBeGreaterThan(0);
  });

  it('SWM-6 a last chunk that hangs is asked of one second peer; the loser is told', () => {
    const peers = [peer(0, ChunkSet.full(3), 'silent'), peer(1, ChunkSet.full(3))];
    const tested = world({ chunks: 3, peers });
    wantAll(tested);
    tested.run(15_000, () => tested.count('satisfied') > 0);
    expect(tested.count('satisfied')).toBe(1);
    const hung = tested.of('get').filter((get) => get.peer === 'peer0');
    const told = tested.of('cancel').filter(({ peer: of }) => of === 'peer0');
    expect(told.map(({ chunk }) => chunk).toSorted()).toEqual(
      hung.map(({ chunk }) => chunk).toSorted(),
    );
  });

  it('SWM-7 wrong bytes end a peer for the session, and the coordinator hears of it', () => {
    const peers = [peer(0, ChunkSet.full(9), 'corrupt'), peer(1, ChunkSet.full(9))];
    const tested = world({ chunks: 9, peers });
    wantAll(tested);
    tested.run(MINUTE, () => tested.count('satisfied') > 0);
    expect(tested.of('accuse').map(({ peer: of }) => of)).toEqual(['peer0']);
    tested.tell({ type: 'linked', peer: 'peer0', job: JOB });
    expect(tested.of('hang-up').at(-1)?.peer).toBe('peer0');
  });

  it('SWM-7 who says to have what it has not is barred before long', () => {
    const tested = world({
      chunks: 40,
      peers: [peer(0, ChunkSet.full(40), 'liar')],
      seeded: false,
    });
    tested.tell({ type: 'stored', blob: tested.blob.id, chunks: [MANIFEST_CHUNK] });
    wantAll(tested);
    tested.run(2 * MINUTE);
    expect(askedOf(tested).length).toBeLessThan(16);
    expect(tested.of('hang-up')[0].reason).toBe('does not have what it says');
  });

  it('SWM-8 no more peers than allowed; one that is of no use makes room for another', () => {
    const useless = [0, 1, 2].map((number) => peer(number, some(8)));
    const tested = world({ chunks: 8, peers: useless, maxPeers: 3, seeded: false });
    wantAll(tested);
    tested.run(5_000);
    tested.tell({ type: 'linked', peer: 'late', job: JOB });
    expect(tested.of('hang-up').at(-1)).toMatchObject({ peer: 'late', reason: 'full' });
    tested.run(MINUTE);
    expect(tested.of('hang-up').some(({ peer: of }) => of !== 'late')).toBe(true);
  });

  it('SWM-9 what came is told in batches; nothing is told while nothing may be uploaded', () => {
    const peers = [peer(0, ChunkSet.full(60), 'good', 4_000), peer(1, some(60), 'good')];
    const tested = world({ chunks: 60, peers });
    wantAll(tested);
    tested.run(MINUTE, () => tested.count('satisfied') > 0);
    tested.run(tested.now + 1_000);
    const told = tested.of('tell-got').filter(({ peer: of }) => of === 'peer1');
    expect(told.flatMap(({ chunks }) => chunks).length).toBe(60);
    expect(told.length).toBeLessThan(45);
    tested.tell({ type: 'mode', peers: true, upload: false });
    expect(
      tested
        .of('tell-has')
        .at(-1)
        ?.have.every((byte) => byte === 0),
    ).toBe(true);
  });

  it('SWM-10 chunks are sought of the coordinator only where no peer holds them, a starved node all', () => {
    const tested = world({ chunks: 32, peers: [peer(0, ChunkSet.full(32), 'good', 200)] });
    wantAll(tested);
    tested.run(MINUTE, () => tested.count('satisfied') > 0);
    expect(tested.of('seek').every(({ starved }) => !starved)).toBe(true);
    expect(tested.of('download').every(({ range }) => range.first === MANIFEST_CHUNK)).toBe(true);

    const alone = world({ chunks: 32, peers: [peer(0, ChunkSet.full(32), 'silent')] });
    wantAll(alone);
    alone.run(MINUTE, () => alone.count('satisfied') > 0);
    expect(alone.of('seek').some(({ starved }) => starved)).toBe(true);
    expect(alone.count('satisfied')).toBe(1);
  });

  it('SWM-11 grants are downloaded a few chunks at a time, after the manifest', () => {
    const tested = world({ chunks: 100 });
    tested.tell({ type: 'mode', peers: false, upload: false });
    wantAll(tested);
    tested.run(MINUTE, () => tested.count('satisfied') > 0);
    const ranges = tested.of('download').map(({ range }) => range);
    expect(ranges[0].first).toBe(MANIFEST_CHUNK);
    expect(Math.max(...ranges.map(({ count }) => count))).toBeLessThanOrEqual(4);
    expect(tested.count('satisfied')).toBe(1);
    expect(tested.count('dial')).toBe(0);
  });

  it('SWM-12 a node that is let in seeks anew, but not before the answer that is on its way', () => {
    const tested = world({ chunks: 20, maxPeers: 2 });
    wantAll(tested);
    expect(tested.count('seek')).toBe(1);
    tested.tell({ type: 'entered' });
    expect(tested.count('seek')).toBe(1);
    const nothing = { job: JOB, blob: tested.blob.id, peers: [], grant: [], seeded: true };
    tested.tell({ type: 'found', ...nothing, retryMs: 30_000 });
    expect(tested.count('seek')).toBe(2);
    tested.tell({ type: 'found', ...nothing, retryMs: 30_000 });
    expect(tested.count('seek')).toBe(2);
    tested.tell({ type: 'entered' });
    expect(tested.count('seek')).toBe(3);
  });

  it('SWM-12 a node that is let in seeks peers although it is downloading, until it has a few', () => {
    const tested = world({ chunks: 20, maxPeers: 8 });
    wantAll(tested);
    tested.tell({ type: 'stored', blob: tested.blob.id, chunks: [MANIFEST_CHUNK] });
    const found = (peers: string[]) =>
      tested.tell({
        type: 'found',
        job: JOB,
        blob: tested.blob.id,
        peers,
        grant: tested.count('seek') === 1 ? [{ first: 0, count: 8 }] : [],
        seeded: true,
        retryMs: 0,
      });
    found([]);
    tested.tell({ type: 'mode', peers: true, upload: true });
    expect(tested.count('seek')).toBe(1);
    tested.tell({ type: 'entered' });
    expect(tested.of('seek').at(-1)).toMatchObject({ peers: 8, grant: 0 });
    expect(tested.count('seek')).toBe(2);
    found(['a', 'b', 'c', 'd']);
    tested.tell({ type: 'entered' });
    expect(tested.count('seek')).toBe(2);
  });

  it('SWM-13 unavailable is said only when neither side has served for the stated time', () => {
    const tested = world({ chunks: 5, seeded: false });
    wantAll(tested);
    tested.run(44_000);
    expect(tested.count('unavailable')).toBe(0);
    tested.run(47_000);
    expect(tested.count('unavailable')).toBe(1);
  });

  it('SWM-14 a chunk that is lost is wanted again, and peers hear what is left', () => {
    const tested = world({ chunks: 10, peers: [peer(0, ChunkSet.full(10))] });
    wantAll(tested);
    tested.run(MINUTE, () => tested.count('satisfied') > 0);
    tested.tell({ type: 'lost', blob: tested.blob.id, chunks: [4] });
    expect(tested.of('tell-has').at(-1)?.have[0]).toBe(0b1110_1111);
    tested.run(2 * MINUTE, () => tested.count('satisfied') > 1);
    expect(tested.exchange.has(tested.blob.id, 4)).toBe(true);
  });
});
