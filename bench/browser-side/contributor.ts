import type { Browser, BrowserContext, Page } from '@playwright/test';

/** A visitor on the contribute page who has clicked Start. */
export interface Contributor {
  readonly page: Page;
  /** Closes the tab and forgets the profile. */
  close(): Promise<void>;
}

/**
 * Opens the contribute page in a profile of its own, which makes it a node of its own, gives this
 * many threads and clicks Start.
 * @param prepare what is done with the profile before its first page
 */
export async function contribute(
  browser: Browser,
  url: string,
  threads: number,
  prepare?: (context: BrowserContext) => Promise<void>,
): Promise<Contributor> {
  const context = await browser.newContext();
  await prepare?.(context);
  const page = await context.newPage();
  await page.goto(url);
  const slider = page.getByRole('slider', { name: 'Threads' });
  if (await slider.isEnabled()) await slider.fill(String(threads));
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  return { page, close: () => context.close() };
}
