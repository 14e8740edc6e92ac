import { afterEach, expect, test, vi } from 'vitest';
import { ManyhandsError } from '../../../shared/errors.ts';
import type { LinkEvents, Links } from './links.ts';
import { MemoryNetwork } from './memory-links.ts';
import { PortLinks, servePort } from './port-links.ts';

const endings: (() => void)[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const end of endings.splice(0)) end();
});

/** Links of a page as its worker has them, and what they told there. */
function acrossPort(make: (events: LinkEvents) => Links) {
  const { port1, port2 } = new MessageChannel();
  endings.push(servePort(make, port1));
  const told: string[] = [];
  const links = new PortLinks(port2, {
    onOpen: (peer, dialled) => told.push(`${dialled ? 'dialled' : 'open'} ${peer}`),
    onMessage: (peer, message) => told.push(`${[...message]} of ${peer}`),
    onClosed: (peer, reason) => told.push(`closed ${peer}: ${reason}`),
    onReachable: (reachable) => told.push(`reachable ${reachable}`),
  });
  return { links, told };
}

const NOWHERE = { url: 'ws://relay.invalid', peer: 'relay', iceServers: [] };

test('SWM-43 links work across a port as they do in the page', async () => {
  const network = new MemoryNetwork();
  const [a, b] = [acrossPort((e) => network.links(e)), acrossPort((e) => network.links(e))];
  const [one, two] = [await a.links.open(), await b.links.open()];
  expect(await a.links.open()).toBe(one);
  for (const { links } of [a, b]) links.meet(NOWHERE);
  await vi.waitFor(() => expect(b.told).toEqual(['reachable true']));
  a.links.dial(two);
  await vi.waitFor(() => expect(a.told).toContain(`dialled ${two}`));
  await a.links.send(two, Uint8Array.of(1, 2));
  // A view of a larger buffer: only what it shows is sent, and the rest stays usable.
  const large = Uint8Array.of(9, 8, 7, 6);
  await b.links.send(one, large.subarray(1, 3));
  expect(large).toEqual(Uint8Array.of(9, 8, 7, 6));
  a.links.hangUp(two);
  await vi.waitFor(() =>
    expect(b.told).toEqual([
      'reachable true',
      `open ${one}`,
      `1,2 of ${one}`,
      `closed ${one}: hung up by the peer`,
    ]),
  );
  await vi.waitFor(() =>
    expect(a.told.slice(2)).toEqual([`8,7 of ${two}`, `closed ${two}: hung up`]),
  );
});

test('SWM-43 why links cannot be opened reaches the worker with its code', async () => {
  const { links } = acrossPort(() => ({
    ...closedLinks(),
    open: () => Promise.reject(new ManyhandsError('WEBRTC_MISSING', 'No way.')),
  }));
  await expect(links.open()).rejects.toMatchObject({ code: 'WEBRTC_MISSING', message: 'No way.' });
});

test('SWM-43 a page that is gone costs a deadline, not for ever', async () => {
  vi.useFakeTimers();
  const { port2 } = new MessageChannel();
  endings.push(() => port2.close());
  const ignore = () => {};
  const links = new PortLinks(port2, {
    onOpen: ignore,
    onMessage: ignore,
    onClosed: ignore,
    onReachable: ignore,
  });
  const opened = expect(links.open()).rejects.toMatchObject({ code: 'LINKS_TIMEOUT' });
  const sent = links.send('b', Uint8Array.of(1));
  await vi.advanceTimersByTimeAsync(60_000);
  await Promise.all([opened, sent]);
});

function closedLinks(): Links {
  return {
    open: async () => '',
    meet: () => {},
    dial: () => {},
    send: async () => {},
    hangUp: () => {},
    close: () => {},
  };
}
