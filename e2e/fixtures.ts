import { test as base } from '@playwright/test';
import { type Coordinator, startCoordinator } from './coordinator.ts';

interface Fixtures {
  /** Further arguments for the coordinator: `test.use({ coordinatorArgs: [...] })`. */
  coordinatorArgs: readonly string[];
  /** A coordinator of this test's own; what it printed is attached when the test fails. */
  coordinator: Coordinator;
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
  baseURL: ({ coordinator }, use) => use(coordinator.url),
});
