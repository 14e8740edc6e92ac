import { type BrowserContext, test as base } from '@playwright/test';
import { CommandLine } from './command-line.ts';
import { type Coordinator, startCoordinator } from './coordinator.ts';
import { Requester } from './requester.ts';

interface Fixtures {
  /** Further arguments for the coordinator: `test.use({ coordinatorArgs: [...] })`. */
  coordinatorArgs: readonly string[];
  /** A coordinator of this test's own; what it printed is attached when the test fails. */
  coordinator: Coordinator;
  /** Its administrator, who posts jobs. */
  requester: Requester;
  /** A requester at a terminal, with a folder of their own. */
  cli: CommandLine;
  /** Opens another browser profile that gives its threads. */
  contribute: () => Promise<void>;
}

/** Playwright's `test` with a coordinator per test, and `baseURL` set to its address. */
export const test = base.extend<Fixtures>({
  coordinatorArgs: [[], { option: true }],
  coordinator: async ({ coordinatorArgs }, use, testInfo) => {
    const coordinator = await startCoordinator(coordinatorArgs);
    await use(coordinator);
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('coordinator.log', { body: coordinator.log });
    }
    await coordinator.dispose();
  },
  requester: async ({ coordinator }, use) => {
    await use(new Requester(coordinator));
  },
  cli: async ({ coordinator }, use) => {
    const cli = await CommandLine.open(coordinator);
    await use(cli);
    await cli.dispose();
  },
  contribute: async ({ browser, coordinator }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext();
      contexts.push(context);
      const page = await context.newPage();
      await page.goto(coordinator.url);
      await page.getByRole('button', { name: 'Start', exact: true }).click();
    });
    for (const context of contexts) await context.close();
  },
  baseURL: ({ coordinator }, use) => use(coordinator.url),
});
