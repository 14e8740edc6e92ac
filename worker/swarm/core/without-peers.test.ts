import { expect, test } from 'vitest';
import { ChunkSet } from '../../../shared/blob/chunk-set.ts';
import { CHUNK_BYTES } from '../../../shared/blob/chunks.ts';
import type { ExchangeEffect, ExchangeEvent } from './events.ts';
import { Exchange } from './exchange.ts';
import { FORSAKEN_MS, MAX_WINDOW, MIN_WINDOW } from './limits.ts';

const CHUNKS = 6;
const JOB = 'job';
const BLOB = { id: 'ab'.repeat(32), bytes: CHUNKS * CHUNK_BYTES, manifest: 'cd'.repeat(32) };

function newExchange(maxPeers: number, have: Uint8Array | null): Exchange {
  const exchange = new Exchange({
    maxPeers,
    minWindow: MIN_WINDOW,
    maxWindow: MAX_WINDOW,
    random: () => 0.5,
  });
  exchange.handle({ type: 'join', job: JOB, blob: BLOB, have }, 0);
  return exchange;
}

/**
 * A node that wants a blob from a coordinator that grants nothing, with peers that cannot be reached.
 * @returns when each chunk was downloaded, in milliseconds
 */
function forsaken(peers: readonly string[], seeded: boolean): number[] {
  const exchange = newExchange(8, null);
  const queue: { at: number; event: ExchangeEvent }[] = [];
  const downloads: number[] = [];
  let now = 0;
  const answer = (effect: ExchangeEffect): void => {
    const soon = (ms: number, event: ExchangeEvent) => queue.push({ at: now + ms, event });
    if (effect.type === 'wake') queue.push({ at: effect.at, event: { type: 'tick' } });
    if (effect.type === 'seek') {
      const found = { job: JOB, blob: BLOB.id, peers, grant: [], seeded, retryMs: 1_000 };
      soon(20, { type: 'found', ...found });
    }
    if (effect.type === 'dial') soon(8_000, { type: 'unlinked', peer: effect.peer });
    if (effect.type === 'download') {
      const { first, count } = effect.range;
      for (let chunk = first; chunk < first + Math.max(1, count); chunk++) {
        downloads.push(now);
        soon(50, { type: 'downloaded', blob: BLOB.id, chunk });
      }
      soon(51, { type: 'download-ended', blob: BLOB.id, range: effect.range, failed: false });
    }
  };
  const ranges = [{ first: 0, count: CHUNKS }];
  queue.push({ at: 0, event: { type: 'want', blob: BLOB.id, ranges, urgent: true } });
  while (queue.length > 0 && now < 2 * FORSAKEN_MS) {
    queue.sort((a, b) => a.at - b.at);
    const { at, event } = queue.shift() as (typeof queue)[number];
    now = at;
    for (const effect of exchange.handle(event, now)) answer(effect);
  }
  return downloads;
}

test('SWM-19 a node whose peers send nothing for a minute serves itself, and not before', () => {
  const downloads = forsaken(['far', 'away'], true);
  // The manifest and all chunks.
  expect(downloads).toHaveLength(1 + CHUNKS);
  for (const at of downloads) expect(at).toBeGreaterThanOrEqual(FORSAKEN_MS);
});

test('SWM-19 it leaves it to the coordinator before any peer is introduced, or where it has no such blob', () => {
  expect(forsaken([], true)).toEqual([]);
  expect(forsaken(['far', 'away'], false)).toEqual([]);
});

test('SWM-8 a peer with which nothing is left to exchange makes room at once, another does not', () => {
  const full = ChunkSet.full(CHUNKS).bits;
  const part = new Uint8Array(full.length).fill(1);
  const exchange = newExchange(2, full);
  const link = (peer: string, have: Uint8Array) => [
    ...exchange.handle({ type: 'linked', peer, job: JOB }, 1_000),
    ...exchange.handle({ type: 'peer-has', peer, blob: BLOB.id, have }, 1_000),
  ];
  const hungUp = (effects: readonly ExchangeEffect[]) =>
    effects.flatMap((effect) => (effect.type === 'hang-up' ? effect.peer : []));
  expect(hungUp([...link('whole', full), ...link('part', part)])).toEqual([]);
  expect(hungUp(link('new', part))).toEqual(['whole']);
  expect(hungUp(link('late', part))).toEqual(['late']);
});

test('SWM-8 the last few peers stay while something is missing here, and go when nothing is', () => {
  const part = new Uint8Array(ChunkSet.full(CHUNKS).bits.length).fill(1);
  const exchange = newExchange(8, part);
  exchange.handle({ type: 'linked', peer: 'alike', job: JOB }, 1_000);
  exchange.handle({ type: 'peer-has', peer: 'alike', blob: BLOB.id, have: part }, 1_000);
  const ranges = [{ first: 0, count: CHUNKS }];
  exchange.handle({ type: 'want', blob: BLOB.id, ranges, urgent: true }, 1_000);
  const hangsUpAt = (now: number) =>
    exchange.handle({ type: 'tick' }, now).some(({ type }) => type === 'hang-up');
  expect(hangsUpAt(100_000)).toBe(false);
  exchange.handle({ type: 'unwant', blob: BLOB.id }, 100_000);
  expect(hangsUpAt(200_000)).toBe(true);
});
