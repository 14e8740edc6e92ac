import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { test } from './fixtures.ts';
import { type, typeSource } from './typing.ts';

test.use({ coordinatorArgs: ['--sample', '-'] });

function stage(page: Page, number: number) {
  return page.getByRole('group', { name: `Stage ${number}`, exact: true });
}

test('WEB-49 a job in two stages is taken from the samples, tried, posted and computed by two browsers', async ({
  page,
  requester,
  contribute,
}) => {
  test.setTimeout(300_000);
  await requester.signIn(page);
  await page.getByRole('link', { name: /How often each word/ }).click();
  await expect(stage(page, 2).getByText('8 shards.')).toBeVisible();
  await page.getByRole('button', { name: 'Run it' }).click();
  await expect(page.getByText('It worked.')).toBeVisible({ timeout: 180_000 });
  await page.getByRole('button', { name: 'Try stage 2 on this' }).click();
  await expect(page.getByText(/Shard 0 of stage 2, given only/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('textbox', { name: 'Standard output' })).toHaveValue(
    /^[a-z']+ \d+\n/,
  );

  // Both browsers are on this machine's network.
  await page
    .getByLabel('If too few volunteers are on different networks')
    .selectOption({ label: 'Let the same network answer twice' });
  await contribute();
  await contribute();
  await page.getByRole('button', { name: 'Post the job' }).click();
  const stages = page.getByRole('navigation', { name: 'Stages of this job' });
  await expect(stages.getByText('Stage 1 of 2')).toBeVisible({ timeout: 60_000 });
  await expect(stages.getByText('8 of 8 shards')).toBeVisible({ timeout: 120_000 });
  await page.getByText('The results of the whole job').getByRole('link').click();
  await expect(stages.getByText('Stage 2 of 2')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Open shard 7' })).toBeVisible();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download: NDJSON' }).click(),
  ]);
  const counts = (await readFile(await file.path(), 'utf8'))
    .trim()
    .split('\n')
    .flatMap((line) => JSON.parse(line).stdout.text.trimEnd().split('\n'));
  expect(counts).toHaveLength(12_373);
  const sum = counts.reduce((all, line) => all + Number(line.split(' ')[1]), 0);
  expect(sum).toBe(203_836);
});

test('WEB-49 what is wrong with a stage is told at its field, and its folded fields open', async ({
  page,
  requester,
}) => {
  await requester.signIn(page);
  await page.goto('/request/new');
  await type(page.getByLabel('Name', { exact: true }), 'squares');
  await page.getByRole('button', { name: 'Add a stage' }).click();
  const second = stage(page, 2);
  await expect(second.getByText('4 levels, of 125, 16, 2 and 1 shard.')).toBeVisible();
  await type(second.getByLabel('Outputs to a shard at most'), '1');
  await expect(second.getByLabel('Outputs to a shard at most')).toHaveAccessibleDescription(
    /At least 2/,
  );
  await type(second.getByLabel('Outputs to a shard at most'), '10');
  await type(second.getByLabel('Standard input'), '{{line}');
  await expect(second.getByLabel('Standard input')).toHaveAccessibleDescription(/brace|\{/);
  await type(second.getByLabel('Standard input'), '{{content}}');
  await second.getByText('Environment, files, limits and replicas').click();
  await type(second.getByLabel('Quorum'), '3');
  await second.getByText('Environment, files, limits and replicas').click();
  await expect(second.getByLabel('Quorum')).toBeHidden();
  await page.getByRole('button', { name: 'Post the job' }).click();
  await expect(page.getByText('1 field needs attention')).toBeVisible();
  await expect(second.getByLabel('Quorum')).toBeFocused();
  await type(second.getByLabel('Quorum'), '2');
  await second.getByText('Groups', { exact: true }).click();
  await expect(page.getByText(/The stage behind this one takes groups/)).toBeVisible();
  await second.getByRole('button', { name: 'Remove stage 2' }).click();
  await expect(page.getByText(/The stage behind this one takes groups/)).toBeHidden();
});

test('WEB-49 what the coordinator refuses of a stage is told at that stage', async ({
  page,
  requester,
}) => {
  await requester.signIn(page);
  await page.goto('/request/new');
  await type(page.getByLabel('Name', { exact: true }), 'squares');
  await page.getByText('JavaScript', { exact: true }).click();
  await page.getByRole('button', { name: 'Add a stage' }).click();
  const second = stage(page, 2);
  await typeSource(
    second.getByRole('textbox', { name: 'Source text of the program' }),
    'export default (',
  );
  await page.getByRole('button', { name: 'Post the job' }).click();
  await expect(second.getByText(/a bracket, string or comment is not closed/)).toBeVisible();
  await expect(page).toHaveURL(/\/request\/new$/);
});

test('WEB-40 a new job in stages', async ({ page, requester }) => {
  await requester.signIn(page);
  await page.goto('/request/new');
  for (const number of [2, 3]) {
    await page.getByRole('button', { name: 'Add a stage' }).click();
    await stage(page, number).getByText('Environment, files, limits and replicas').click();
  }
  await stage(page, 2).getByText('JavaScript', { exact: true }).click();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(' ')}`),
    ).toEqual([]);
  }
  await page.setViewportSize({ width: 320, height: 640 });
  await expect
    .poll(() =>
      page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      ),
    )
    .toBeLessThanOrEqual(0);
});
