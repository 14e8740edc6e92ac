import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { repositoryRoot } from '../../scripts/repository.ts';

/** What `npm run size` compresses with too. */
const GZIP_LEVEL = 9;
/** Milliseconds in which a page that loads more by itself would have begun to. */
const SETTLE_MS = 1000;

/**
 * Opens a page and counts all JavaScript that the browser loads while nobody clicks.
 *
 * @returns kilobytes (1000 bytes) of it, compressed with gzip file by file
 */
export async function scriptsBeforeClick(page: Page, url: string): Promise<number> {
  const files = new Set<string>();
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.endsWith('.js')) files.add(pathname);
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  await page.waitForTimeout(SETTLE_MS);
  if (files.size === 0) throw new Error('The page loaded no JavaScript');
  let bytes = 0;
  for (const file of files) {
    const script = readFileSync(join(repositoryRoot, 'dist/web', file));
    bytes += gzipSync(script, { level: GZIP_LEVEL }).length;
  }
  return bytes / 1000;
}
