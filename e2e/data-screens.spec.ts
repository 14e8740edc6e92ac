import { expect, type Page } from '@playwright/test';
import type { Job } from '../shared/api/schemas.ts';
import { test } from './fixtures.ts';
import type { Requester } from './requester.ts';
import { SLOW } from './slow-program.ts';
import { type } from './typing.ts';

test.use({ coordinatorArgs: ['--sample', '-'] });

async function start(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start', exact: true }).click();
}

/** A figure by its name. */
function figure(page: Page, name: string) {
  const term = page.locator('dt', { hasText: name });
  return page.locator('dl > div', { has: term }).locator('dd').first();
}

const LARGE_BYTES = 4 * 2 ** 20;

/** A job whose every shard needs the same large blob: one that is worth having from peers. */
async function largeJob(requester: Requester, shards: number): Promise<Job> {
  const bytes = new Uint8Array(LARGE_BYTES);
  for (let at = 0; at < bytes.length; at += 65_536)
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  const { id: blob } = await requester.upload(bytes);
  const files = Array.from({ length: shards }, (_, k) => ({ name: `part ${k}`, blob }));
  const source = `export default ({ name, bytes }) => {
    let x = name.length;
    for (let k = 0; k < 3e8; k++) x = (x * 1103515245 + bytes[k % bytes.length]) & 0x7fffffff;
    return x;
  }`;
  return requester.post(source, { name: 'large data', inputs: { kind: 'files', files } });
}

function exchangeBox(page: Page) {
  return page.getByRole('checkbox', { name: 'Exchange data with other visitors’ browsers' });
}

test('WEB-44 who chose HTTP only before the start stays without peers, and is remembered', async ({
  page,
  requester,
}) => {
  await page.addInitScript(() => {
    const counted = globalThis as unknown as { connections: number };
    counted.connections = 0;
    globalThis.RTCPeerConnection = new Proxy(globalThis.RTCPeerConnection, {
      construct(target, given) {
        counted.connections++;
        return Reflect.construct(target, given);
      },
    });
  });
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(new URL(socket.url()).pathname));
  await page.goto('/');
  await expect(page.getByText('They see this device’s network address')).toBeVisible();
  await expect(exchangeBox(page)).toBeChecked();
  await page.getByText('What does that mean?').click();
  await expect(page.getByText('none of your results before they are decided')).toBeVisible();

  await exchangeBox(page).uncheck();
  await expect(page.getByText('Off: all data comes from the coordinator')).toBeVisible();
  await page.reload();
  await expect(exchangeBox(page)).not.toBeChecked();

  const job = await largeJob(requester, 2);
  await start(page);
  await expect(page.getByText('You chose HTTP only').first()).toBeVisible();
  await expect.poll(async () => (await requester.job(job.id)).state).toBe('done');
  await expect(figure(page, 'From the coordinator')).toHaveText(/^4\.\d+ MB$/);
  await expect(figure(page, 'From visitors')).toHaveText('0 bytes');
  expect(sockets.filter((path) => path !== '/node')).toEqual([]);
  expect(
    await page.evaluate(() => (globalThis as unknown as { connections: number }).connections),
  ).toBe(0);

  // It can be changed while it runs, too.
  await page.getByText('Data settings and cache').click();
  await exchangeBox(page).check();
  await expect(page.getByText('You chose HTTP only')).toHaveCount(0);
});

test('WEB-43 two visitors see what they exchange, and with whom', async ({
  browser,
  coordinator,
  requester,
}) => {
  await largeJob(requester, 400);
  const contexts = [await browser.newContext(), await browser.newContext()];
  const pages: Page[] = [];
  for (const context of contexts) {
    const page = await context.newPage();
    await page.goto(coordinator.url);
    await start(page);
    await expect(page.getByRole('heading', { name: 'Computing' })).toBeVisible();
    pages.push(page);
  }
  const [seeder, taker] = pages;
  await expect(taker.getByText('Exchanging with 1 visitor’s browser.').first()).toBeVisible();
  await expect(figure(taker, 'From visitors')).toHaveText(/MB$/);
  await expect(figure(seeder, 'To visitors')).toHaveText(/MB$/);
  await taker.getByText('Visitors’ browsers: 1').click();
  await expect(taker.getByRole('row')).toHaveCount(2);
  await expect(taker.getByRole('cell', { name: /MB$/ })).toBeVisible();

  // Whoever changes their mind is alone at once; so is the other.
  await taker.getByText('Data settings and cache').click();
  await exchangeBox(taker).uncheck();
  await expect(taker.getByText('Visitors’ browsers: 0')).toBeVisible();
  await expect(seeder.getByText('Visitors’ browsers: 0')).toBeVisible();
  for (const context of contexts) await context.close();
});

test('WEB-42 a limit that cannot be is refused with what would be right, and none is set by typing', async ({
  page,
}) => {
  await page.goto('/');
  await page.getByText('Limits of data').click();
  const cap = page.getByRole('combobox', { name: 'Most data in a day' });
  await expect(cap).toHaveValue('none');
  await cap.selectOption({ label: 'Another amount…' });
  const field = page.getByRole('textbox', { name: 'Amount in MB' });
  for (const wrong of ['', 'lots', '-5', '3', '9999999']) {
    await type(field, wrong);
    await page.getByRole('button', { name: 'Set', exact: true }).click();
    await expect(page.getByText('from 10 to 1,000,000')).toBeVisible();
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(field).toBeFocused();
  }
  await type(field, '750');
  await expect(page.getByText('from 10 to 1,000,000')).toBeHidden();
  await expect(page.getByText('Set to')).toBeHidden();
  await field.press('Enter');
  await expect(page.getByText('Set to 750 MB.')).toBeVisible();

  const cache = page.getByRole('combobox', { name: 'Most space for the cache' });
  await cache.selectOption({ label: '250 MB' });
  await page.reload();
  await page.getByText('Limits of data').click();
  await expect(cap).toHaveValue('750');
  await expect(cache).toHaveValue('250');

  await start(page);
  await expect(page.getByText(/ of 750 MB$/)).toBeVisible();
  await page.getByText('Data settings and cache').click();
  await expect(page.getByText(/The cache holds .* of 250 MB/)).toBeVisible();
  await cap.selectOption({ label: 'No limit' });
  await expect(page.getByText('no limit is set')).toBeVisible();
  await cache.selectOption({ label: '5 GB' });
  await expect(page.getByText(/The cache holds .* of 5 GB/)).toBeVisible();
});

test('WEB-45 the cache is emptied after a question, and is filled again when there is work', async ({
  page,
  requester,
}) => {
  const first = await requester.post('(i) => i + 1', { name: 'fills the cache' });
  await page.goto('/');
  await start(page);
  await expect.poll(async () => (await requester.job(first.id)).state).toBe('done');
  await page.getByText('Data settings and cache').click();
  await expect(page.getByText(/The cache holds [1-9]/)).toBeVisible();
  await expect(page.getByText('It is kept in this browser for your next visit.')).toBeVisible();

  const empty = page.getByRole('button', { name: 'Empty the cache…' });
  await empty.click();
  const dialog = page.getByRole('dialog', { name: 'Empty the cache?' });
  await expect(dialog.getByText('results that nobody else has yet are kept')).toBeVisible();
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(/The cache holds [1-9]/)).toBeVisible();

  await empty.click();
  await dialog.getByRole('button', { name: 'Empty it' }).click();
  await expect(page.getByText('The cache is emptied')).toBeVisible();
  await expect(page.getByText('The cache holds 0 bytes')).toBeVisible();

  const second = await requester.post('(i) => i + 2', { name: 'fills it again' });
  await expect.poll(async () => (await requester.job(second.id)).state).toBe('done');
  await expect(page.getByText(/The cache holds [1-9]/)).toBeVisible();
});

test('WEB-45 what earlier visits left is seen and emptied without starting', async ({
  page,
  requester,
}) => {
  const job = await requester.post('(i) => i + 1', { name: 'fills the cache' });
  await page.goto('/');
  await start(page);
  await expect.poll(async () => (await requester.job(job.id)).state).toBe('done');
  await page.getByText('Data settings and cache').click();
  await expect(page.getByText(/The cache holds [1-9]/)).toBeVisible();
  await page.reload();
  await page.getByText('Limits of data').click();
  await expect(page.getByText(/The cache holds [1-9]/)).toBeVisible();
  await page.getByRole('button', { name: 'Empty the cache…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Empty it' }).click();
  await expect(page.getByText('The cache holds 0 bytes')).toBeVisible();
  // The lookup has let go of the cache.
  await start(page);
  await page.getByText('Data settings and cache').click();
  await expect(page.getByText('It is kept in this browser for your next visit.')).toBeVisible();
});

test('WEB-46 the operator sees the network, how old the figures are, and when none come any more', async ({
  page,
  context,
  coordinator,
  requester,
}) => {
  await requester.post(SLOW, {
    name: 'long sums',
    inputs: { kind: 'range', from: 1, to: 100_000 },
  });
  const contributor = await context.newPage();
  await contributor.goto(coordinator.url);
  await start(contributor);
  await page.goto('/');
  await page.getByRole('link', { name: 'The network’s figures' }).click();
  await expect(page).toHaveURL(/\/operate$/);
  await expect(figure(page, 'Nodes')).toHaveText('1');
  await expect(figure(page, 'Shards decided')).not.toHaveText('0');
  await expect(figure(page, 'Sent by the coordinator')).toHaveText(/\d.*(byte|kB|MB)/);
  await expect(page.getByText('Updated now')).toBeVisible();

  // What is shown is in the address, and survives a reload.
  await page.getByText('Nodes and threads', { exact: true }).click();
  await page.getByText('1 h', { exact: true }).click();
  await expect(page).toHaveURL(/show=crowd&range=60/);
  await page.reload();
  await expect(page.getByRole('radio', { name: '1 h' })).toBeChecked();
  await expect(page.getByRole('img', { name: 'at the same time, Time' })).toBeVisible();
  await page.getByText('The same as a table').click();
  await expect(page.getByRole('columnheader', { name: 'threads' })).toBeVisible();

  // A chart that is paused stands still while readings go on.
  await page.getByRole('button', { name: 'Pause the chart' }).click();
  await expect(page.getByText('Paused at')).toBeVisible();
  const rows = await page.getByRole('row').count();
  const read = () => page.waitForResponse((response) => response.url().endsWith('/v1/status'));
  await read();
  await read();
  expect(await page.getByRole('row').count()).toBe(rows);
  await page.getByRole('button', { name: 'Let it go on' }).click();
  await expect.poll(() => page.getByRole('row').count()).toBeGreaterThan(rows);

  await coordinator.kill();
  await expect(page.getByText('Old figures: nothing new since')).toBeVisible();
  await coordinator.restart();
  await expect(page.getByText('Old figures')).toBeHidden();
});
