import type { Browser, Page } from '@playwright/test';
import type { BareResult, BareTask } from './bare-tasks.ts';

/** A page with a bare worker in it. */
export class BarePage {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Opens the page in a profile of its own and starts its worker. */
  static async open(browser: Browser, url: string): Promise<BarePage> {
    const page = await browser.newPage();
    await page.goto(url);
    return new BarePage(page);
  }

  /** Has the worker do a task. The worker lives as long as the page, so programs stay compiled. */
  run(task: BareTask): Promise<BareResult> {
    return this.#page.evaluate(
      (wanted) =>
        new Promise<BareResult>((resolve, reject) => {
          const scope = globalThis as { bareWorker?: Worker };
          scope.bareWorker ??= new Worker('/bare-worker.js', { type: 'module' });
          scope.bareWorker.onmessage = ({ data }) => resolve(data);
          scope.bareWorker.onerror = ({ message }) => reject(new Error(message));
          scope.bareWorker.postMessage(wanted);
        }),
      task,
    );
  }

  close(): Promise<void> {
    return this.#page.close();
  }
}
