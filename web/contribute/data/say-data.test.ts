import { describe, expect, test } from 'vitest';
import type { SwarmView } from '../../../worker/swarm/swarm-view.ts';
import { data as text } from '../../text/en/data.ts';
import { sayCap, sayExchange, shortPeer } from './say-data.ts';
import { swarmView } from './test-swarm.ts';

function running(part: Partial<SwarmView>) {
  return { phase: 'running', swarm: swarmView(part) } as const;
}

const peer = { peer: 'a', fromBytes: 0, toBytes: 0 };

describe('WEB-43 a contributor is told with whom data is exchanged, or why with nobody', () => {
  test('with how many', () => {
    expect(sayExchange(running({ peers: [peer] }))).toBe('Exchanging with 1 visitor’s browser.');
    expect(sayExchange(running({ peers: [peer, peer] }))).toBe(
      'Exchanging with 2 visitors’ browsers.',
    );
  });

  test('with nobody, because there is no need', () => {
    expect(sayExchange(running({}))).toBe(text.noNeed);
  });

  test('with nobody, because nothing may run here', () => {
    const swarm = swarmView({ peers: [peer] });
    expect(sayExchange({ phase: 'paused', swarm })).toBe(text.quiet);
    expect(sayExchange({ phase: 'held', swarm })).toBe(text.quiet);
  });

  test('with nobody, for a reason, even while the last connections end', () => {
    for (const withoutPeers of Object.keys(text.withoutPeers) as (keyof typeof text.withoutPeers)[])
      expect(sayExchange(running({ withoutPeers, peers: [peer] }))).toBe(
        text.withoutPeers[withoutPeers],
      );
  });
});

test('WEB-43 what is left of the day is told, and never less than nothing', () => {
  expect(sayCap({ bytes: 5e6, capBytes: null })).toBe('no limit is set');
  expect(sayCap({ bytes: 200e6, capBytes: 500e6 })).toBe('300 MB left until tomorrow');
  expect(sayCap({ bytes: 501e6, capBytes: 500e6 })).toBe('the limit is reached');
});

test('WEB-43 peers are told apart by the ends of their ids', () => {
  expect(shortPeer('12D3KooWGzBq7aTbNHdQSrXk3jJ1mPv')).toBe('…k3jJ1mPv');
  expect(shortPeer('short')).toBe('short');
});
