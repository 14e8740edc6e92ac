import { fileURLToPath } from 'node:url';
import type { Browser, Page } from '@playwright/test';
import { startLinksSite } from '../../e2e/swarm/site.ts';
import { median } from '../harness/statistics.ts';

/** One transfer through links, codec and verification, against a bare data channel. */
export interface TransferFigures {
  /** Ours by the bare channel's, the median of pairs of runs, one after the other. */
  transfer_ratio: number;
  transfer_mib_per_s: number;
  plain_mib_per_s: number;
}

const MIB = 1024 * 1024;
const FULL = { bytes: 64 * MIB, pairs: 7 };
const QUICK = { bytes: 16 * MIB, pairs: 3 };

type Swarm = typeof import('./transfer-page.ts').default;
declare const swarm: Swarm;

/** Between two pages of one browser, which side is first in turn. */
export async function measureTransfer(browser: Browser, quick: boolean): Promise<TransferFigures> {
  const { bytes, pairs } = quick ? QUICK : FULL;
  const site = await startLinksSite(local('transfer-page.ts'), local('transfer-worker.ts'));
  const contexts = await Promise.all([browser.newContext(), browser.newContext()]);
  try {
    const [a, b] = await Promise.all(contexts.map((context) => context.newPage()));
    for (const page of [a, b]) await page.goto(site.url);
    const begin = (page: Page) =>
      page.evaluate(([r, n]) => swarm.start(r, n), [site.rendezvous, bytes] as const);
    await begin(a);
    const peer = await begin(b);
    await a.evaluate((to) => swarm.dial(to), peer);
    await joinPlainly(a, b);
    const ours = () => a.evaluate((n) => swarm.fetch(n), bytes);
    const plain = () => a.evaluate((n) => swarm.plain.fetch(n), bytes);
    // Each once to warm up: the first seconds of a connection go to finding its speed.
    await ours();
    await plain();
    const times: { ours: number; plain: number }[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      if (pair % 2 === 0) times.push({ ours: await ours(), plain: await plain() });
      else {
        const first = await plain();
        times.push({ plain: first, ours: await ours() });
      }
    }
    const rate = (milliseconds: number) => bytes / MIB / (milliseconds / 1000);
    return {
      transfer_ratio: median(times.map((time) => time.plain / time.ours)),
      transfer_mib_per_s: median(times.map((time) => rate(time.ours))),
      plain_mib_per_s: median(times.map((time) => rate(time.plain))),
    };
  } finally {
    await Promise.all(contexts.map((context) => context.close()));
    await site.close();
  }
}

async function joinPlainly(a: Page, b: Page): Promise<void> {
  const offer = await a.evaluate(() => swarm.plain.offer());
  const answer = await b.evaluate((sdp) => swarm.plain.answer(sdp), offer);
  await a.evaluate((sdp) => swarm.plain.accept(sdp), answer);
}

function local(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
