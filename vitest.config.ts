import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{shared,worker,coordinator,web,sdk,apps,scripts,bench}/**/*.test.{ts,tsx}'],
    // Simulations and property tests run for seconds, and longer on a busy machine.
    testTimeout: 60_000,
    // Tests that kill real processes wait for a machine that others may be using as well.
    retry: process.env.CI ? 1 : 0,
    setupFiles: ['scripts/property-seed.ts'],
  },
});
