import { defineConfig } from '@playwright/test';
import { chromiumLaunch, firefoxLaunch } from './scripts/browsers.ts';

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // Two at a time: a test mostly waits for its browsers, and none measures time. More would only make
  // them wait for each other on the two cores that a test machine may have.
  workers: 2,
  // A test that passes at the second try has found a race, which the report names; but real browsers
  // on a shared machine stall now and then, and that must not stop a change that is sound.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  // Generous, because a software-rendered GPU and two cores are all that a test machine may have.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: { trace: 'retain-on-failure' },
  projects: [
    { name: 'chromium', use: { browserName: 'chromium', launchOptions: chromiumLaunch() } },
    {
      name: 'firefox',
      // What no engine does in its own way is tried in one: markup, forms made of parts that
      // request.spec.ts tries in both, a coordinator that is killed.
      testIgnore: ['**/accessibility.spec.ts', '**/request-stages.spec.ts', '**/recovery.spec.ts'],
      use: { browserName: 'firefox', launchOptions: firefoxLaunch() },
    },
  ],
});
