import { readFile } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import { test } from './fixtures.ts';
import { type, typeSource } from './typing.ts';

test.use({ coordinatorArgs: ['--sample', '-'] });

const editor = (page: Page) => page.getByRole('textbox', { name: 'Source text of the program' });

/** One answer is enough, since one browser contributes. */
async function askForOneReplica(page: Page): Promise<void> {
  await type(page.getByLabel('Replicas'), '1');
  await type(page.getByLabel('Quorum'), '1');
}

async function download(page: Page, name: string): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Download: ${name}` }).click(),
  ]);
  return readFile(await file.path());
}

test('WEB-30 a wrong token is told of at its field; a right one signs in until signed out', async ({
  page,
  requester,
}) => {
  await page.goto('/request');
  await type(page.getByLabel('API token'), 'mh_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByLabel('API token')).toHaveAccessibleDescription(/not known here/);
  await requester.signIn(page);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Your jobs' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByLabel('API token')).toBeVisible();
});

test('WEB-31 a C program is typed, corrected at the line of its error, tried, posted and computed', async ({
  page,
  requester,
  contribute,
}) => {
  test.setTimeout(240_000);
  await requester.signIn(page);
  await page.getByRole('link', { name: 'New job' }).click();
  await type(page.getByLabel('Name', { exact: true }), 'cubes');
  const right = `#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  long i = atol(argv[1]);
  printf("%ld\\n", i * i * i);
  return 0;
}
`;
  await typeSource(editor(page), right.replace('i * i * i', 'i * j * i'));
  await page.getByRole('button', { name: 'Compile' }).click();
  const place = page.getByRole('button', { name: 'main.c, line 5, column 23' });
  await expect(place).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText("use of undeclared identifier 'j'")).toBeVisible();
  await place.click();
  await expect(editor(page)).toBeFocused();
  await typeSource(editor(page), right);

  await type(page.getByLabel('Last'), '12');
  await expect(page.getByRole('status').filter({ hasText: /^12 shards$/ })).toBeVisible();
  await type(page.getByLabel('Shard', { exact: true }), '4');
  await page.getByRole('button', { name: 'Run it' }).click();
  await expect(page.getByText('It worked.')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('textbox', { name: 'Standard output' })).toHaveValue('125\n');

  await askForOneReplica(page);
  await contribute();
  await page.getByRole('button', { name: 'Post the job' }).click();
  await expect(page.getByRole('heading', { name: 'cubes' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('Done', { exact: true }).first()).toBeVisible();
  const row = page.getByRole('row').filter({ has: page.getByRole('cell', { name: '1728' }) });
  await expect(row).toBeVisible({ timeout: 60_000 });

  expect((await download(page, 'CSV')).toString()).toContain('1728');
  const rows = (await download(page, 'NDJSON')).toString().trim().split('\n');
  expect(rows.map((line) => JSON.parse(line).stdout.text).toSorted()).toContain('1728\n');
  expect((await download(page, 'Zip of files')).subarray(0, 2).toString()).toBe('PK');

  await row.getByRole('link', { name: 'Open shard 11' }).click();
  await expect(page.getByRole('dialog').getByText('Agreed')).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('WEB-32 every field that is wrong says so in its place, and nothing is posted', async ({
  page,
  requester,
}) => {
  await requester.signIn(page);
  await page.goto('/request/new');
  await page.getByText('JavaScript', { exact: true }).click();
  await type(page.getByLabel('First'), '9');
  await type(page.getByLabel('Last'), '1');
  await expect(page.getByLabel('Last')).toHaveAccessibleDescription(/backwards/);
  await type(page.getByLabel('Last'), '20');
  await type(page.getByLabel('Arguments, one a line'), '--seed {sed}');
  await expect(page.getByLabel('Arguments, one a line')).toHaveAccessibleDescription(
    /no field \{sed\}.*column 8/,
  );
  await type(page.getByLabel('Quorum'), '3');
  await page.getByRole('button', { name: 'Post the job' }).click();
  await expect(page.getByText('3 fields need attention')).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await expect(page).toHaveURL(/\/request\/new$/);
});

test('WEB-33 a trial that never ends can be stopped, and the page stays responsive', async ({
  page,
  requester,
}) => {
  await requester.signIn(page);
  await page.goto('/request/new');
  await page.getByText('JavaScript', { exact: true }).click();
  await typeSource(editor(page), 'export default () => { for (;;); }');
  await page.getByRole('button', { name: 'Run it' }).click();
  await expect(page.getByText('Running…')).toBeVisible();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('button', { name: 'Run it' })).toBeVisible();
  await typeSource(
    editor(page),
    'export default (i, {log}) => { log("seen " + i); return { i }; }',
  );
  await page.getByRole('button', { name: 'Run it' }).click();
  await expect(page.getByRole('textbox', { name: 'Return value' })).toHaveValue('{"i":1}');
  await expect(page.getByRole('textbox', { name: 'Standard error' })).toHaveValue(/seen 1/);
});

test('WEB-34 failures show their reason and stderr, and can be tried again', async ({
  page,
  requester,
  contribute,
}) => {
  const job = await requester.post(
    'export default (i, {log}) => { if (i === 7) { log("seven again"); throw new Error("unlucky"); } return i; }',
    { name: 'superstition', inputs: { kind: 'range', from: 1, to: 10 } },
  );
  await contribute();
  await requester.signIn(page);
  await page.getByRole('link', { name: 'superstition' }).click();
  await expect(page.getByRole('tab', { name: 'Failures (1)' })).toBeVisible();
  await page.getByRole('tab', { name: 'Failures (1)' }).click();
  await expect(page.getByText('unlucky').first()).toBeVisible();
  await expect(page.getByRole('textbox', { name: /Standard error/ })).toHaveValue(/seven again/);
  await page.getByRole('button', { name: 'Retry shard 6' }).click();
  await expect(page.getByText('1 shard will be tried again')).toBeVisible();
  await expect.poll(async () => (await requester.job(job.id)).counts.failed).toBe(1);
});

test('WEB-35 a job is cancelled after a question that says what is lost', async ({
  page,
  requester,
}) => {
  const job = await requester.post('(i) => i', { name: 'unwanted' });
  await requester.signIn(page);
  await page.goto(`/jobs/${job.id}`);
  await expect(page.getByText('nobody is there to compute')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel job' }).click();
  await expect(page.getByRole('dialog')).toContainText('100 shards will not be computed');
  await page.keyboard.press('Escape');
  expect((await requester.job(job.id)).state).toBe('running');
  await page.getByRole('button', { name: 'Cancel job' }).click();
  await page.getByRole('button', { name: 'Cancel the job' }).click();
  await expect(page.getByText('Cancelled', { exact: true })).toBeVisible();
  expect((await requester.job(job.id)).state).toBe('cancelled');
});

test('WEB-36 a picture assembles itself from the tiles that a C program prints', async ({
  page,
  requester,
  contribute,
}) => {
  test.setTimeout(240_000);
  await requester.signIn(page);
  await page.goto('/request/new');
  await type(page.getByLabel('Name', { exact: true }), 'stripes');
  await typeSource(
    editor(page),
    `#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  int tile = atoi(argv[1]);
  printf("P6 8 8 255\\n");
  for (int k = 0; k < 64; k++) { putchar(tile * 60); putchar(0); putchar(255); }
}
`,
  );
  await type(page.getByLabel('First'), '0');
  await type(page.getByLabel('Last'), '3');
  await page.getByLabel('The outputs are the tiles of a picture').check();
  await type(page.getByLabel('Width', { exact: true }), '16');
  await type(page.getByLabel('Height', { exact: true }), '16');
  await type(page.getByLabel('Tile width'), '8');
  await type(page.getByLabel('Tile height'), '8');
  await askForOneReplica(page);
  await contribute();
  await page.getByRole('button', { name: 'Post the job' }).click();
  await expect(page.getByText('4 of 4 tiles in place')).toBeVisible({ timeout: 180_000 });
  const corner = await page
    .getByRole('img', { name: /stripes/ })
    .evaluate((canvas: HTMLCanvasElement) => [
      ...(canvas.getContext('2d')?.getImageData(12, 12, 1, 1).data ?? []),
    ]);
  expect(corner).toEqual([180, 0, 255, 255]);
  // Playwright's Firefox tells of downloads from a server, not of those that the page made itself.
  const saved = page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const name = URL.createObjectURL;
        URL.createObjectURL = (made) => {
          if (made instanceof Blob) made.slice(1, 4).text().then(resolve);
          return name.call(URL, made);
        };
      }),
  );
  await page.getByRole('button', { name: 'Save as PNG' }).click();
  expect(await saved).toBe('PNG');
});

test('WEB-37 the mosaic is used by keyboard, and says in words what it shows', async ({
  page,
  requester,
  contribute,
}) => {
  const job = await requester.post('(i) => i', { name: 'tiles' });
  await contribute();
  await requester.signIn(page);
  await page.goto(`/jobs/${job.id}`);
  await expect.poll(async () => (await requester.job(job.id)).state).toBe('done');
  await expect(page.getByRole('button', { name: 'Shards', exact: true })).toBeVisible();
  // The contributor's window has the focus still.
  await page.bringToFront();
  await page.getByRole('button', { name: 'Shards', exact: true }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const tile = page.getByRole('button', { name: /^Shard 2: done$/ });
  await expect(tile).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByRole('heading', { name: 'Shard 2' })).toBeVisible();
  await expect(page).toHaveURL(/shard=2/);
});
