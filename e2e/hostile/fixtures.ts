import { fileURLToPath } from 'node:url';
import { test as base, type Page } from '@playwright/test';
import { REFERRED_FROM_BYTES } from '../../shared/job/limits.ts';
import type { JobView } from '../../shared/job/view.ts';
import type { Site } from '../serve-files.ts';
import { startStage } from './stage.ts';
import { startWatcher } from './watcher.ts';

/** What hostile code came to that had the bare worker to itself. */
interface Breakout {
  /** By the name of the way out. */
  outcomes: Record<string, string>;
  /** What the hostile server saw. */
  seen: readonly string[];
}

interface WorkerFixtures {
  site: Site;
  breakout: Breakout;
}

interface Fixtures {
  /** A page with sandboxes on it, see `page.ts`. */
  stagePage: Page;
}

const ESCAPE_WORKER = fileURLToPath(new URL('escape-worker.ts', import.meta.url));
/** Milliseconds in which a request that has left the browser arrives. */
const ARRIVAL_MS = 1_000;

/** Playwright's `test` with a page that runs sandboxes without a coordinator. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  site: [
    async ({ browserName: _ }, use) => {
      const site = await startStage();
      await use(site);
      await site.close();
    },
    { scope: 'worker' },
  ],
  breakout: [
    async ({ browser }, use) => {
      const site = await startStage(ESCAPE_WORKER);
      const watcher = await startWatcher();
      const page = await browser.newPage();
      await page.goto(site.url);
      const outcomes = await page.evaluate(
        (address) => stage.tryToEscape(address),
        watcher.address,
      );
      await new Promise((resolve) => setTimeout(resolve, ARRIVAL_MS));
      await page.close();
      await use({ outcomes, seen: watcher.seen });
      await watcher.close();
      await site.close();
    },
    { scope: 'worker' },
  ],
  stagePage: async ({ page, site }, use) => {
    await page.goto(site.url);
    await use(page);
  },
});

/** What the page's script defines. */
declare global {
  const stage: typeof import('./page.ts').default;
}

/** A job over the numbers from 0, `changes` aside. */
export function jobOf(kind: 'wasi' | 'javascript', changes: Partial<JobView> = {}): JobView {
  return {
    id: 'hostile',
    name: 'Hostile',
    project: 'Test',
    shards: 1_000_000,
    program: { kind, blob: '0'.repeat(64) },
    programBytes: 0,
    inputs: { kind: 'range', from: 0, to: 999_999, step: 1 },
    args: ['{i}'],
    env: {},
    files: [],
    blobs: [],
    referredFromBytes: REFERRED_FROM_BYTES,
    collect: kind === 'wasi' ? { stdout: true } : { value: true },
    limits: { timeMs: 60_000, memoryMiB: 64, outputBytes: 65_536 },
    ...changes,
  };
}

/** Source text as `Stage.load` takes it. */
export function base64(source: string | Uint8Array): string {
  return Buffer.from(source).toString('base64');
}
