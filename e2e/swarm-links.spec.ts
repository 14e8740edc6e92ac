import { type Browser, test as base, chromium, expect, firefox, type Page } from '@playwright/test';
import { chromiumLaunch, firefoxLaunch } from '../scripts/browsers.ts';
import { MAX_MESSAGE_BYTES } from '../worker/swarm/links/links.ts';
import { type LinksSite, startLinksSite } from './swarm/site.ts';

declare global {
  const swarm: typeof import('./swarm/page.ts').default;
}

/** Pages with nodes on them, each in a browser context of its own. */
const test = base.extend<{ open: (browser?: Browser) => Promise<Page> }, { site: LinksSite }>({
  site: [
    async ({ browserName: _ }, use) => {
      const site = await startLinksSite();
      await use(site);
      await site.close();
    },
    { scope: 'worker' },
  ],
  open: async ({ browser, site }, use) => {
    const contexts: { close(): Promise<void> }[] = [];
    await use(async (other = browser) => {
      const context = await other.newContext();
      contexts.push(context);
      const page = await context.newPage();
      page.on('pageerror', (error) => console.error(error));
      await page.goto(site.url);
      return page;
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

/** Nodes that can be reached, on a page. */
async function start(page: Page, site: LinksSite, count = 1, port = false): Promise<string[]> {
  const peers = await page.evaluate(
    ({ rendezvous, count, port }) => swarm.start(rendezvous, count, port),
    { rendezvous: site.rendezvous, count, port },
  );
  await reachable(page);
  return peers;
}

const reachable = (page: Page) =>
  expect.poll(() => page.evaluate(() => swarm.nodes.every((node) => node.reachable))).toBe(true);

const standing = (page: Page, node = 0) => page.evaluate((at) => swarm.nodes[at].standing(), node);

const dial = (page: Page, peer: string, node = 0) =>
  page.evaluate(({ peer, node }) => swarm.nodes[node].links.dial(peer), { peer, node });

test('SWM-37 two pages meet through the relay and exchange messages of all sizes', async ({
  open,
  site,
}) => {
  const [a, b] = [await open(), await open()];
  const [[one], [two]] = [await start(a, site, 1, true), await start(b, site, 1, true)];
  await dial(a, two);
  await expect.poll(() => standing(a)).toEqual({ [two]: 'dialled' });
  await expect.poll(() => standing(b)).toEqual({ [one]: 'open' });
  const lengths = [1, 3, 64, 16_383, 65_536, 262_144, MAX_MESSAGE_BYTES, 1];
  await a.evaluate(({ two, lengths }) => swarm.sendAll(0, two, lengths), { two, lengths });
  await b.evaluate(({ one, lengths }) => swarm.sendAll(0, one, lengths), { one, lengths });
  for (const page of [a, b]) {
    await expect.poll(() => page.evaluate(() => swarm.nodes[0].lengths)).toEqual(lengths);
    expect(await page.evaluate(() => swarm.nodes[0].intact)).toBe(true);
  }
});

test('SWM-38 many dials at once all succeed at the first try, and leave nothing on the relay', async ({
  open,
  site,
}) => {
  const [a, b] = [await open(), await open()];
  const ours = await start(a, site, 3);
  const theirs = await start(b, site, 3);
  await a.evaluate((peers) => {
    for (const { links } of swarm.nodes) for (const peer of peers) links.dial(peer);
  }, theirs);
  const all = (peers: string[], what: string) =>
    peers.map(() => Object.fromEntries(peers.map((peer) => [peer, what])));
  const links = (page: Page) => page.evaluate(() => swarm.nodes.map((node) => node.standing()));
  await expect.poll(() => links(a)).toEqual(all(theirs, 'dialled'));
  await expect.poll(() => links(b)).toEqual(all(ours, 'open'));
  // A dial that hangs on its first channel is made again over another connection.
  expect(await a.evaluate(() => swarm.connections.length)).toBe(9);
  await expect.poll(() => site.meetings()).toBe(0);
});

test('SWM-39 of two dials towards each other one link remains, the same for both ends', async ({
  open,
  site,
}) => {
  const [a, b] = [await open(), await open()];
  const [[one], [two]] = [await start(a, site), await start(b, site)];
  await Promise.all([dial(a, two), dial(b, one)]);
  const [smaller, larger] = one < two ? [a, b] : [b, a];
  const [low, high] = [one, two].sort();
  await expect.poll(() => standing(smaller).then(Object.keys)).toEqual([high]);
  await expect.poll(() => standing(larger).then(Object.keys)).toEqual([low]);
  const ends = { ...(await standing(a)), ...(await standing(b)) };
  expect(Object.values(ends).sort()).toEqual(['dialled', 'open']);
  const connected = () =>
    Promise.all(
      [a, b].map((page) =>
        page.evaluate(
          () => swarm.connections.filter((one) => one.connectionState === 'connected').length,
        ),
      ),
    );
  await expect.poll(connected).toEqual([1, 1]);
  await expect.poll(() => site.meetings()).toBe(0);
  await a.evaluate((peer) => swarm.sendAll(0, peer, [5, 6]), two);
  await expect.poll(() => b.evaluate(() => swarm.nodes[0].lengths)).toEqual([5, 6]);
});

test('SWM-40 a closed tab and a hang-up are noticed; a page that stalls for a while is not given up', async ({
  open,
  site,
}) => {
  const [a, b, c] = [await open(), await open(), await open()];
  await start(a, site);
  const [[two], [three]] = [await start(b, site), await start(c, site)];
  for (const peer of [two, three]) await dial(a, peer);
  await expect.poll(() => standing(a)).toEqual({ [two]: 'dialled', [three]: 'dialled' });
  const channels = () => a.evaluate(() => swarm.channels.length);
  const before = await channels();
  await a.evaluate((milliseconds) => {
    for (const end = performance.now() + milliseconds; performance.now() < end; );
  }, 5_000);
  expect(await standing(a)).toEqual({ [two]: 'dialled', [three]: 'dialled' });
  await b.close();
  await expect.poll(() => standing(a)).toEqual({ [three]: 'dialled' });
  // No pings and whatever else libp2p might say: one stream a link is all there is.
  expect(await channels()).toBe(before);
  await a.evaluate((peer) => swarm.nodes[0].links.hangUp(peer), three);
  await expect.poll(() => standing(c)).toEqual({});
  expect(await standing(a)).toEqual({});
});

test('SWM-41 links outlive the relay, and its nodes can be reached again when it is back', async ({
  open,
  site,
}) => {
  const [a, b] = [await open(), await open()];
  const [[one], [two, third]] = [await start(a, site), await start(b, site, 2)];
  await dial(a, two);
  await expect.poll(() => standing(a)).toEqual({ [two]: 'dialled' });
  await site.restartRelay();
  for (const page of [a, b])
    await expect
      .poll(() => page.evaluate(() => swarm.nodes[0].reachableChanges))
      .toBeGreaterThanOrEqual(3);
  for (const page of [a, b]) await reachable(page);
  await b.evaluate((peer) => swarm.sendAll(0, peer, [9]), one);
  await expect.poll(() => a.evaluate(() => swarm.nodes[0].lengths)).toEqual([9]);
  expect(await standing(a)).toEqual({ [two]: 'dialled' });
  await dial(a, third);
  await expect.poll(() => standing(a)).toEqual({ [two]: 'dialled', [third]: 'dialled' });
});

test('SWM-36 a peer that sends a message beyond the limit is hung up on', async ({
  open,
  site,
}) => {
  const [a, b] = [await open(), await open()];
  await start(a, site);
  const [two] = await start(b, site);
  await dial(a, two);
  await expect.poll(() => standing(a)).toEqual({ [two]: 'dialled' });
  await a.evaluate(({ peer, length }) => swarm.sendAll(0, peer, [length]), {
    peer: two,
    length: MAX_MESSAGE_BYTES + 1,
  });
  for (const page of [a, b]) await expect.poll(() => standing(page)).toEqual({});
  expect(await b.evaluate(() => swarm.nodes[0].lengths)).toEqual([]);
});

test('SWM-37 a peer that cannot be reached is told once; links that are closed leave the relay', async ({
  open,
  site,
}) => {
  const a = await open();
  await start(a, site);
  const nobody = '12D3KooWGrdKMUrDYPq2Bgz5eV81cjddwpGeL6PZc8ugBceWbpc4';
  await dial(a, nobody);
  await expect.poll(() => a.evaluate(() => swarm.nodes[0].happened)).toEqual([[nobody, 'closed']]);
});

test('SWM-37 Chromium and Firefox meet, whichever dials', async ({ open, site, browserName }) => {
  const other =
    browserName === 'chromium'
      ? await firefox.launch({ ...firefoxLaunch() })
      : await chromium.launch(chromiumLaunch());
  const [a, b] = [await open(), await open(other)];
  const [[one], [two]] = [await start(a, site), await start(b, site)];
  await dial(a, two);
  await expect.poll(() => standing(b)).toEqual({ [one]: 'open' });
  const lengths = [1, MAX_MESSAGE_BYTES, 70_000];
  await a.evaluate(({ two, lengths }) => swarm.sendAll(0, two, lengths), { two, lengths });
  await b.evaluate(({ one, lengths }) => swarm.sendAll(0, one, lengths), { one, lengths });
  for (const page of [a, b])
    await expect.poll(() => page.evaluate(() => swarm.nodes[0].lengths)).toEqual(lengths);
  await b.context().close();
  await other.close();
  await expect.poll(() => standing(a)).toEqual({});
});
