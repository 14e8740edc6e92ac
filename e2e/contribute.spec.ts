import { type BrowserContext, expect, type Page } from '@playwright/test';
import { test } from './fixtures.ts';
import { SLOW } from './slow-program.ts';

test.use({ coordinatorArgs: ['--sample', '-'] });

/** A figure of the running panel by its name. */
async function figure(page: Page, name: string): Promise<number> {
  const term = page.locator('dt', { hasText: name });
  const text = await page.locator('dl > div', { has: term }).locator('dd').first().textContent();
  return Number((text ?? '').replaceAll(',', ''));
}

async function openAndStart(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  return page;
}

test('WEB-20 nothing is computed or loaded for computing before the click', async ({
  page,
  requester,
}) => {
  const job = await requester.post('(i) => i', { name: 'waits for a click' });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  let sockets = 0;
  page.on('websocket', () => sockets++);
  await page.goto('/');
  await expect(page.getByText(/of \d+ threads|The only thread/).first()).toBeVisible();
  await expect(page.getByText('to any project that has work.')).toBeVisible();
  await page.waitForTimeout(1500);
  expect(asked).not.toContain('/sandbox.html');
  expect(sockets).toBe(0);
  expect(page.workers()).toHaveLength(0);
  expect((await requester.job(job.id)).counts.done).toBe(0);
});

test('WEB-21 a visitor starts, sees what runs and for whom, pauses, goes on and finishes', async ({
  page,
  requester,
}) => {
  const job = await requester.post(SLOW, {
    name: 'long sums',
    inputs: { kind: 'range', from: 1, to: 100_000 },
  });
  await page.goto('/');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Computing' })).toBeVisible();
  await expect(page.getByText('long sums')).toBeVisible();
  await expect(page.getByText('General computing').first()).toBeVisible();
  await expect(page).toHaveTitle(/^▶ Computing/);
  await expect.poll(() => figure(page, 'Agreed')).toBeGreaterThan(0);

  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('heading', { name: 'Paused' })).toBeVisible();
  await expect(page).not.toHaveTitle(/Computing/);
  const paused = await figure(page, 'Shards computed');
  await page.waitForTimeout(1500);
  expect(await figure(page, 'Shards computed')).toBe(paused);

  await page.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(() => figure(page, 'Shards computed')).toBeGreaterThan(paused);
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(page.getByText('all that ran is handed in')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
  const { counts } = await requester.job(job.id);
  expect(counts.done).toBeGreaterThan(paused);
});

test('WEB-22 Finish can be taken back', async ({ page, requester }) => {
  // Each shard takes seconds, so that finishing does too.
  await requester.post(SLOW.replace('5e7', '2e9'), { name: 'longer sums' });
  await page.goto('/');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Computing' })).toBeVisible();
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(page.getByRole('heading', { name: 'Finishing' })).toBeVisible();
  await page.getByRole('button', { name: 'Don’t finish' }).click();
  await expect(page.getByRole('heading', { name: 'Computing' })).toBeVisible();
});

test('WEB-23 an idle page says why, and begins by itself when work comes', async ({
  page,
  requester,
}) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByText('There is no work just now').first()).toBeVisible();
  await requester.post('(i) => i', { name: 'late work' });
  await expect.poll(() => figure(page, 'Agreed')).toBe(100);
});

test('WEB-24 two tabs are one node, and when the one that computes closes the other goes on', async ({
  context,
  coordinator,
  requester,
}) => {
  await requester.post(SLOW, {
    name: 'long sums',
    inputs: { kind: 'range', from: 1, to: 100_000 },
  });
  const first = await openAndStart(context, coordinator.url);
  await expect(first.getByRole('heading', { name: 'Computing' })).toBeVisible();
  const second = await context.newPage();
  await second.goto(coordinator.url);
  await expect(second.getByText('Another tab of this browser does the computing')).toBeVisible();
  expect((await requester.status()).nodes).toBe(1);

  await second.getByRole('button', { name: 'Pause' }).click();
  await expect(first.getByRole('heading', { name: 'Paused' })).toBeVisible();
  await second.getByRole('button', { name: 'Go on' }).click();
  await expect(first.getByRole('heading', { name: 'Computing' })).toBeVisible();

  await first.close();
  await expect(second.getByText('Another tab of this browser')).toBeHidden();
  await expect(second.getByRole('heading', { name: 'Computing' })).toBeVisible();
  await expect.poll(async () => (await requester.status()).nodes).toBe(1);
});

test('WEB-25 the work of a tab that is closed is leased to another at once', async ({
  browser,
  coordinator,
  requester,
}) => {
  const job = await requester.post(SLOW, {
    name: 'left behind',
    inputs: { kind: 'range', from: 1, to: 6 },
  });
  const [leaving, staying] = [await browser.newContext(), await browser.newContext()];
  const page = await openAndStart(leaving, coordinator.url);
  await expect(page.getByRole('heading', { name: 'Computing' })).toBeVisible();
  await page.close();
  // A tab that leaves says so: nobody waits for its heartbeats to fail.
  await expect.poll(async () => (await requester.status()).nodes, { timeout: 5_000 }).toBe(0);
  await openAndStart(staying, coordinator.url);
  await expect
    .poll(async () => (await requester.job(job.id)).state, { timeout: 60_000 })
    .toBe('done');
  await leaving.close();
  await staying.close();
});

test('WEB-26 results survive a lost connection, and the page says what goes on', async ({
  page,
  coordinator,
  requester,
}) => {
  const job = await requester.post(SLOW, {
    name: 'through a gap',
    inputs: { kind: 'range', from: 1, to: 30 },
  });
  await page.goto('/');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect.poll(() => figure(page, 'Shards computed')).toBeGreaterThan(0);
  await coordinator.kill();
  await expect(page.getByText('No connection').first()).toBeVisible();
  await coordinator.restart();
  await expect
    .poll(async () => (await requester.job(job.id)).state, { timeout: 60_000 })
    .toBe('done');
  await expect(page.getByText('No connection')).toBeHidden();
});

test('WEB-27 threads and projects are chosen before the start, and threads while it runs', async ({
  page,
  requester,
}) => {
  await requester.post(SLOW, {
    name: 'long sums',
    inputs: { kind: 'range', from: 1, to: 100_000 },
  });
  await page.goto('/');
  await page.getByRole('checkbox', { name: /General computing/ }).check();
  await expect(page.getByText('to General computing.')).toBeVisible();
  const slider = page.getByRole('slider', { name: 'Threads' });
  const all = Number(await slider.getAttribute('max'));
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Computing' })).toBeVisible();
  test.skip(all === 1, 'a device of one thread has nothing to choose');
  await slider.fill(String(all));
  await expect(page.getByText(`On ${all} threads for General computing.`).first()).toBeVisible();
  await slider.fill('1');
  await expect(page.getByText('On 1 thread for General computing.').first()).toBeVisible();
});
