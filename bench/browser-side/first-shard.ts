import type { Page } from '@playwright/test';

/** Milliseconds in which the first shard must be done. */
const PATIENCE_MS = 30_000;

/**
 * Clicks Start on the contribute page and waits until it shows the first shard as computed.
 *
 * @returns milliseconds between the two, as the page itself measures them
 */
export async function firstShardMilliseconds(page: Page): Promise<number> {
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
  // Armed before the click and timed by the page itself, so that nothing of what lies between this
  // process and the browser is in the figure.
  const shown = page.evaluate(
    (patience) =>
      new Promise<number>((resolve, reject) => {
        let clickedAt = Number.NaN;
        document.addEventListener(
          'click',
          (event) => {
            clickedAt = event.timeStamp;
          },
          { capture: true, once: true },
        );
        const look = () => {
          const label = [...document.querySelectorAll('dt')].find(
            (term) => term.textContent === 'Shards computed',
          );
          const count = label?.nextElementSibling?.textContent ?? '';
          if (!/[1-9]/.test(count)) return;
          seen.disconnect();
          resolve(performance.now() - clickedAt);
        };
        const seen = new MutationObserver(look);
        seen.observe(document.body, { subtree: true, childList: true, characterData: true });
        setTimeout(() => reject(new Error(`No shard within ${patience} ms`)), patience);
      }),
    PATIENCE_MS,
  );
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  return shown;
}
