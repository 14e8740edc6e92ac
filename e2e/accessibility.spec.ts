import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { test } from './fixtures.ts';

test.use({ coordinatorArgs: ['--sample', '-'] });

/** What WCAG 2.2 AA asks for, as far as a program can tell. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const THEMES = ['light', 'dark'] as const;

/** Checks the page as it stands in both themes, at a desk's width and a small phone's. */
async function checkPage(page: Page): Promise<void> {
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(' ')}`);
    expect(found, `${colorScheme} ${page.url()}`).toEqual([]);
  }
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const overflow = () =>
    page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  // What is drawn follows its place a moment later.
  await expect.poll(overflow, `${page.url()} at 320 px`).toBeLessThanOrEqual(0);
  if (size) await page.setViewportSize(size);
}

test('WEB-40 the contribute page, before and while it computes', async ({ page, requester }) => {
  await requester.post(
    'export default (i) => { let x = i; for (let k = 0; k < 5e7; k++) x = (x * 7 + 1) % 10007; return x; }',
    { name: 'sums', inputs: { kind: 'range', from: 1, to: 100_000 } },
  );
  await page.goto('/');
  await expect(page.getByRole('checkbox', { name: /General computing/ })).toBeVisible();
  await checkPage(page);
  await page.getByText('What does that mean?').click();
  await page.getByText('Limits of data').click();
  const cap = page.getByRole('combobox', { name: 'Most data in a day' });
  await cap.selectOption({ label: 'Another amount…' });
  await page.getByRole('button', { name: 'Set', exact: true }).click();
  await expect(page.getByText(/Enter a whole number/)).toBeVisible();
  await checkPage(page);
  await cap.selectOption({ label: '500 MB' });
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Computing' })).toBeVisible();
  await checkPage(page);
  await page.getByText(/Visitors’ browsers:/).click();
  await page.getByText('Data settings and cache').click();
  await checkPage(page);
  await page.getByRole('button', { name: 'Empty the cache…' }).click();
  await expect(page.getByRole('dialog', { name: 'Empty the cache?' })).toBeVisible();
  await checkPage(page);
  await page.getByRole('button', { name: 'Keep it' }).click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('heading', { name: 'Paused' })).toBeVisible();
  await checkPage(page);
});

test('WEB-40 the network’s figures', async ({ page, requester }) => {
  await requester.post('(i) => i', { name: 'a job' });
  await page.goto('/operate');
  for (const show of ['Shards decided', 'Nodes and threads', 'Data']) {
    await page.getByRole('radio', { name: show }).check();
    await expect(page.getByRole('img', { name: /, Time$/ })).toBeVisible();
  }
  await page.getByText('The same as a table').click();
  await checkPage(page);
});

test('WEB-40 signing in, the list of jobs, a new job with errors, an address that leads nowhere', async ({
  page,
  requester,
}) => {
  await page.goto('/nowhere');
  await expect(page.getByRole('heading', { name: 'There is no page here' })).toBeVisible();
  await checkPage(page);
  await page.goto('/request');
  await expect(page.getByLabel('API token')).toBeVisible();
  await checkPage(page);
  await requester.signIn(page);
  await checkPage(page);
  await requester.post('(i) => i', { name: 'a job' });
  await page.reload();
  await expect(page.getByRole('link', { name: 'a job' })).toBeVisible();
  await checkPage(page);
  await page.goto('/request/new?sample=pathtracer');
  await expect(page.getByRole('textbox', { name: 'Source text of the program' })).toBeVisible();
  await checkPage(page);
  await page.getByText('Grid', { exact: true }).click();
  await page.getByRole('button', { name: 'Add a file' }).click();
  await page.getByText('The same from a command line').click();
  await page.getByLabel('Name', { exact: true }).clear();
  await page.getByRole('button', { name: 'Post the job' }).click();
  await expect(page.getByText(/need attention/)).toBeVisible();
  await checkPage(page);
});

test('WEB-40 a job with results, a chart, failures and a shard opened', async ({
  page,
  browser,
  coordinator,
  requester,
}) => {
  const job = await requester.post(
    'export default (i) => { if (i === 5) throw new Error("five"); return i * i; }',
    { name: 'squares' },
  );
  const context = await browser.newContext();
  const contributor = await context.newPage();
  await contributor.goto(coordinator.url);
  await contributor.getByRole('button', { name: 'Start', exact: true }).click();
  await expect.poll(async () => (await requester.job(job.id)).state).toBe('done');
  await context.close();
  await requester.signIn(page);
  await page.goto(`/jobs/${job.id}`);
  await expect(page.getByRole('link', { name: 'Open shard 0' })).toBeVisible();
  await checkPage(page);
  await page.getByRole('tab', { name: 'Chart' }).click();
  await expect(page.getByRole('img', { name: 'result, i' })).toBeVisible();
  await page.getByText('The same as a table').click();
  await checkPage(page);
  await page.getByRole('tab', { name: /Failures/ }).click();
  await expect(page.getByText('five').first()).toBeVisible();
  await checkPage(page);
  await page.getByRole('tab', { name: 'Results' }).click();
  await page.getByRole('link', { name: 'Open shard 0' }).click();
  await expect(page.getByRole('dialog').getByText('Agreed')).toBeVisible();
  await checkPage(page);
});
