import { test as base, expect } from '@playwright/test';
import { CACHE_CONTRACT } from '../worker/swarm/cache/contract.ts';
import { startCacheSite } from './cache/site.ts';
import type { Site } from './serve-files.ts';

/** What the page's script defines. */
declare global {
  const cachePage: typeof import('./cache/page.ts').default;
}

const test = base.extend<{ cacheUrl: string }, { site: Site }>({
  site: [
    async ({ browserName: _ }, use) => {
      const site = await startCacheSite();
      await use(site);
      await site.close();
    },
    { scope: 'worker' },
  ],
  cacheUrl: async ({ site }, use) => use(site.url),
});

for (const place of ['opfs', 'indexeddb'] as const)
  for (const { title } of CACHE_CONTRACT)
    test(`${title} (${place})`, async ({ page, cacheUrl }) => {
      await page.goto(cacheUrl);
      await page.evaluate(([place, title]) => cachePage.run(place, title), [place, title] as const);
    });

test('SWM-102 the best place that a browser has is taken', async ({ page, cacheUrl }) => {
  await page.goto(cacheUrl);
  const places = await page.evaluate(async () => {
    const places: string[] = [];
    for (const wanted of ['opfs', 'indexeddb'] as const) {
      const cache = await cachePage.open(wanted);
      places.push((await cache.usage()).place);
      await cache.close();
    }
    return places;
  });
  expect(places).toEqual(['opfs', 'indexeddb']);
});

test('SWM-103 one engine of a browser has the cache; when its tab closes the next opens the same', async ({
  context,
  page,
  cacheUrl,
}) => {
  await page.goto(cacheUrl);
  const ref = { id: 'a'.repeat(64), bytes: 3, manifest: 'a'.repeat(64) };
  await page.evaluate(async (ref) => {
    const cache = await cachePage.open('opfs');
    await cache.open(ref);
    await cache.write(ref.id, 0, new Uint8Array([1, 2, 3]));
    await cache.list();
  }, ref);

  const second = await context.newPage();
  await second.goto(cacheUrl);
  const other = () =>
    second.evaluate(async (ref) => {
      const cache = await cachePage.open('opfs');
      const { place } = await cache.usage();
      const bytes = await cache.read(ref.id, 0);
      await cache.close();
      return { place, bytes: bytes && [...bytes] };
    }, ref);
  expect(await other()).toEqual({ place: 'memory', bytes: null });
  await page.close();
  expect(await other()).toEqual({ place: 'opfs', bytes: [1, 2, 3] });
});

test('SWM-93 a page that is reloaded while it writes leaves only right chunks', async ({
  page,
  cacheUrl,
}) => {
  await page.goto(cacheUrl);
  const ref = { id: 'b'.repeat(64), bytes: 64 * 256 * 1024, manifest: 'c'.repeat(64) };
  const written = page.evaluate(async (ref) => {
    const cache = await cachePage.open('opfs');
    await cache.open(ref);
    const all = Array.from({ length: 64 }, (_, chunk) =>
      cache.write(ref.id, chunk, new Uint8Array(256 * 1024).fill(chunk + 1)),
    );
    await Promise.all(all.slice(0, 20));
    document.title = 'Writing';
    await Promise.all(all);
  }, ref);
  written.catch(() => {});
  await expect(page).toHaveTitle('Writing');
  await page.reload();
  const found = await page.evaluate(async (ref) => {
    const cache = await cachePage.open('opfs');
    let right = 0;
    let wrong = 0;
    for (let chunk = 0; chunk < 64; chunk++) {
      const bytes = await cache.read(ref.id, chunk);
      if (bytes?.every((byte) => byte === chunk + 1)) right++;
      else if (bytes) wrong++;
    }
    const { place } = await cache.usage();
    await cache.close();
    return { place, right, wrong };
  }, ref);
  expect(found).toMatchObject({ place: 'opfs', wrong: 0 });
  // A record was written after sixteen of the twenty.
  expect(found.right).toBeGreaterThanOrEqual(16);
});

test('SWM-100 where the browser has no more room, the cache lives with less', async ({
  browserName,
  page,
  context,
  cacheUrl,
}) => {
  test.skip(browserName !== 'chromium', 'only Chromium lets a test say how much room there is');
  await page.goto(cacheUrl);
  const session = await context.newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', {
    origin: new URL(cacheUrl).origin,
    quotaSize: 4 * 1024 * 1024,
  });
  const usage = await page.evaluate(async () => {
    const cache = await cachePage.open('opfs');
    let kept = 0;
    for (let blob = 0; blob < 32; blob++) {
      const id = blob.toString(16).padStart(64, '0');
      await cache.open({ id, bytes: 256 * 1024, manifest: id });
      if (await cache.write(id, 0, new Uint8Array(256 * 1024).fill(blob))) kept++;
    }
    const last = await cache.read((31).toString(16).padStart(64, '0'), 0);
    const usage = await cache.usage();
    await cache.close();
    return { ...usage, kept, last: last?.[0] };
  });
  expect(usage).toMatchObject({ place: 'opfs', kept: 32, last: 31 });
  expect(usage.bytes).toBeLessThanOrEqual(4 * 1024 * 1024);
  expect(usage.quotaBytes).toBeLessThanOrEqual(4 * 1024 * 1024);
});
