import { defineConfig } from '@playwright/test';
import { chromiumLaunch, firefoxLaunch } from './scripts/browsers.ts';

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // One at a time: each test loads the machine with workers of its own and measures none of ours.
  workers: 1,
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
    { name: 'firefox', use: { browserName: 'firefox', launchOptions: firefoxLaunch() } },
  ],
});
